// Keeps the one page for visits without a connection, with its styles and modules, as they were when this version was installed. It answers for nothing
// else: no page with anybody's data, nothing but GET. The two constants above are written by the build.

// The page is made by the site, and so is another with each version of it, though no script or style has changed. A browser that looks for a newer worker looks at this too.
importScripts('/offline/version');
const shell = `visits ${version} ${self.site}`;

self.addEventListener('install', event => event.waitUntil(fill()));

async function fill() {
  // Asked for by nobody in particular: the page is the same for everybody, and so is what is kept of it.
  const page = await fetch('/offline', { cache: 'reload', credentials: 'omit' });
  if (!page.ok || page.redirected) throw new Error('The page for visits was not there');
  const text = await page.clone().text();
  // While one server after the other is renewed, the page may come from another than the version: the next look finds both.
  if (!text.includes(self.site)) throw new Error('The page for visits is of another version');
  const linked = [...text.matchAll(/(?:href|src)="(\/lib\/[^"]+)"/g)].map(found => found[1].replaceAll('&amp;', '&'));
  const cache = await caches.open(shell);
  await cache.put('/offline', page);
  await cache.addAll([...new Set([...linked, ...files])].map(file => new Request(file, { cache: 'reload', credentials: 'omit' })));
}

self.addEventListener('activate', event => event.waitUntil(
  caches.keys().then(names => Promise.all(names.filter(name => name.startsWith('visits ') && name !== shell).map(name => caches.delete(name)))),
));

self.addEventListener('fetch', event => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const address = new URL(request.url);
  if (address.origin !== location.origin || !(address.pathname === '/offline' || address.pathname.startsWith('/lib/'))) return;
  event.respondWith(kept(request, address.pathname === '/offline' ? '/offline' : request));
});

async function kept(request, as) {
  const cache = await caches.open(shell);
  return await cache.match(as) ?? fetch(request);
}

// Only the page asks for this, and only while no draft is open in it.
self.addEventListener('message', event => {
  if (event.data === 'renew') self.skipWaiting();
});
