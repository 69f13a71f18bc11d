// Keeps a page about long work fresh while it lasts, and loads the page again when it is over. Without scripts the page refreshes itself.
const region = document.querySelector('[data-progress-url]');

async function refresh() {
  const response = await fetch(region.dataset.progressUrl, { headers: { 'X-Requested-With': 'fetch' } });
  if (!response.ok || response.redirected) return location.reload();
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').body;
  if (fresh.querySelector('[data-finished]')) return location.reload();
  // Only what changed is put in, or a screen reader would say the same again and again.
  if (fresh.textContent.trim() !== region.textContent.trim()) region.replaceChildren(...fresh.childNodes);
  setTimeout(next, 2000);
}

function next() {
  // The line may be down for a moment; the work goes on without us.
  refresh().catch(() => setTimeout(next, 5000));
}

if (region) setTimeout(next, 1000);
