// Detail for charts that are whole without it: a sentence about the point under the pointer, or chosen with the arrow keys; and a chart kept as a PNG.
for (const chart of document.querySelectorAll('[data-chart]')) {
  const points = [...chart.querySelectorAll('.chart__point')];
  if (points.length === 0) continue;
  const detail = document.createElement('p');
  detail.className = 'chart__detail';
  detail.setAttribute('aria-live', 'polite');
  chart.append(detail);
  chart.tabIndex = 0;
  chart.setAttribute('role', 'group');
  chart.setAttribute('aria-label', 'Line chart. Use the arrow keys to hear each point.');
  let at = points.length - 1;

  const show = index => {
    points[at].classList.remove('chart__point--now');
    at = Math.min(Math.max(index, 0), points.length - 1);
    points[at].classList.add('chart__point--now');
    detail.textContent = points[at].querySelector('title').textContent;
  };
  chart.addEventListener('pointerover', event => {
    const index = points.indexOf(event.target.closest('.chart__point'));
    if (index >= 0) show(index);
  });
  chart.addEventListener('keydown', event => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
}

// The picture is drawn from the same SVG file, so a PNG shows no more than it.
for (const link of document.querySelectorAll('a[data-picture]')) {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'link-button';
  button.textContent = 'This chart as a picture (PNG)';
  item.append(button);
  link.closest('ul').append(item);
  button.addEventListener('click', async () => {
    const text = await (await fetch(link.href)).text();
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth * 2, image.naturalHeight * 2];
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
    const save = document.createElement('a');
    save.href = URL.createObjectURL(blob);
    save.download = `${link.dataset.picture}.png`;
    save.click();
    URL.revokeObjectURL(save.href);
  });
}
