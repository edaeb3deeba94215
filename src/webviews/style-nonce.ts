/**
 * The toolkit probes the browser with a style element and signs it with the nonce that it finds in
 * `meta[property=csp-nonce]`. This puts the nonce of our own script there, so that the probe passes a content security
 * policy that allows styles by nonce. Imported before the toolkit, and only for this effect.
 */
const nonce = document.currentScript?.nonce;
if (nonce && !document.querySelector('meta[property="csp-nonce"]')) {
  const meta = document.createElement('meta');
  meta.setAttribute('property', 'csp-nonce');
  meta.content = nonce;
  document.head.append(meta);
}
