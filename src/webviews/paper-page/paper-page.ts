import './paper-page.css';
import { createAnnouncer } from '../announcer.ts';
import { button, progressRing } from '../controls.ts';
import { html } from '../dom.ts';
import { connect } from '../host.ts';
import type { FromPaperPage, PaperPageState, ToPaperPage } from '../messages.ts';
import { followTheme } from '../theme.ts';
import { createPaperView } from './paper-view.ts';

/** Milliseconds after which a page without data says what may be wrong. */
const patience = 8000;

const page = html('div', { class: 'page' });
const announcer = createAnnouncer();
document.body.append(announcer.element, page);

const host = connect<{ in: ToPaperPage; out: FromPaperPage; state: PaperPageState }>((message) => {
  const folded = [...page.querySelectorAll('details')].filter((part) => part.open).map((part) => part.id);
  const place = document.documentElement.scrollTop;
  page.replaceChildren(
    createPaperView(message, {
      post: (reply) => host.post(reply),
      answer: (text) => announcer.answer(text),
    }),
  );
  // The same page again, e.g. with one more run: it stays as it was left.
  for (const id of folded) document.getElementById(id)?.setAttribute('open', '');
  document.documentElement.scrollTop = place;
  host.persist({ key: message.paper.key });
});

followTheme(() => undefined);
const words = html('p', {}, 'Reading the paper…');
page.append(html('main', { class: 'notice' }, progressRing('Reading the paper'), words));
setTimeout(() => {
  words.textContent = 'Still waiting for the extension. If nothing comes, close this tab and open the paper again.';
  if (words.isConnected) words.after(button('Try again', () => host.post({ type: 'ready' })).element);
}, patience);
host.post({ type: 'ready' });
