/**
 * English words that a method may be named by and that mean something else nearly everywhere: a name that is one of
 * them counts only with evidence. Words of up to four letters need no listing, they always do.
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  (
    'actor adapt adapter advance agent agents album alert alias align alpha altar amber anchor angel apollo apple archer ' +
    'arena array arrow ascent aspen asset atlas atom attic audit aurora author avatar award bacon badge baker balance ' +
    'bamboo banner barrel basic basis batch beacon beaver being bench beta bishop black blade blast blaze blend block ' +
    'bloom board boost border bottle bounce bounds brain branch brave bread break breeze brick bridge brief bright ' +
    'broker bronze brush buffer build bundle burstiness butter cable cache camel canary candle canvas canyon captain carbon career ' +
    'cargo carrot castle catalyst cause cedar center chain chair chance change charm chart chase check cherry chess ' +
    'chief child choice circle citrus civic claim class clean clear cleric client clock cloud clover coach cobalt cobra ' +
    'color colour comet common compass concept condor consul contact context control copper coral corner cosmos cover ' +
    'craft crane crate credit critic cross crown crystal cures curve cycle dance darwin decoder default delta demand ' +
    'depth desert design detect device dialog diamond digit direct disco discover diver dodge dolphin domain double ' +
    'draft dragon drama dream drift drive eagle early earth echo eclipse elder elect elite ember empire enable encoder ' +
    'energy engine enter entry epoch equal error ether event evolve exact exceed expand expert explore express fable ' +
    'factor falcon false family fashion fault feature fence fever fiber field final first fjord flame flash fleet flint ' +
    'float flood floor flora flow flute focus force forest forge format fossil found frame fresh front frost fruit fusion ' +
    'future galaxy gamma garden gather gauge gecko general genesis genie genius ghost giant ginger glacier glass globe ' +
    'glory golden gopher grace grade grain grand granite grant grape graph grasp gravity great green grid groove ground ' +
    'group grove growth guard guide guild habit hammer happy harbor harvest haven hazard heart heaven heavy hedge helix ' +
    'helper heron hidden honest honey horizon horse hotel house human hunter hybrid hyper icon ideal image impact impala ' +
    'index indigo infer input insight instant iris island ivory jacket jaguar jasper jewel joint judge juice jumbo jungle ' +
    'junior jupiter kernel kettle kiosk kitten knight label ladder lagoon lance large laser later launch laurel layer ' +
    'leader league learn legend lemon lever light limit linear linen lizard local locus logic lotus lucid lunar lyric ' +
    'magic magnet major mango maple marble margin marker market marlin mars martin mason master match matrix maven meadow ' +
    'medal melody memory mentor mercury merge mesh metal meteor method metric metro middle mimic minor mirror mixer model ' +
    'module moment monkey moral motion motor mount music mutual narrow native nature navy nerve never nexus night noble ' +
    'noise north novel nudge number oasis oasis ocean octave offer olive omega onion onyx opera optic option oracle orange ' +
    'orbit orchid order organ origin orion other otter output owner oxygen oyster paced paint palace panda panel panther ' +
    'paper parade parent parrot party patch path pause peace peach pearl pebble penguin people pepper phase phoenix photo ' +
    'piano pilot pivot pixel pizza place plain plan planet plant plasma plate player plaza plot point polar poplar portal ' +
    'power praise press pride prime prism prize probe profit prompt proof proper protein proto proud prune pulse puma pupil ' +
    'puppet purple puzzle python quail quartz queen quest quick quiet quilt rabbit radar radio rainbow raise ranch random ' +
    'range rapid raven reach react reader realm reason rebel record reflex refresh region relax relay remedy remote render ' +
    'rescue reset resin resolve resonance retro return reveal reward rhythm ribbon ridge right ring ripple rival river ' +
    'robin robot rocket rookie roots rough round route router royal ruby ruler saber sable saddle sage saint salmon salsa ' +
    'sample sanity satin saturn savior scale scarab scene scholar scope scout screen search second secret secure select ' +
    'senior sense sequel serene series server seven shadow shape share shark sharp shell shelter shield shift ship shore ' +
    'short sierra sight sigma signal silent silver simple single siren sketch skill slate sleep slice slide smart smith ' +
    'smoke smooth snake socket solar solid solve sonar sonic source south space spark sparrow speed sphinx spider spiral ' +
    'spirit splash split spring sprint sprite square stack staff stage stand star state static status steady steam steel ' +
    'stella stone storm story stream street strike string studio style sugar summit sunny super surge swift switch symbol ' +
    'syntax system table tango target taxon taxons teacher temple tempo tensor theme theta thing thorn think thunder tiger ' +
    'timber titan token topaz torch total touch tower toxic trace track trade trail train trait transfer travel treasure ' +
    'tree trial tribe trick trident trigger trust truth tulip tunnel turbo turtle tutor twist ultra umbrella under unicorn ' +
    'union unique unity universe update upper urban valid value vault vector velvet venus verse vertex victor video view ' +
    'vigor viking vintage violet viper virtue vision visit vista vital vivid voice volcano vortex voyage walker water watch ' +
    'wedge whale wheel while white whole willow window winner winter wisdom wizard wonder world worth young zebra zenith ' +
    'zephyr'
  ).split(' '),
);
