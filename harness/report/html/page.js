'use strict';
// Everything can be read without this: it shows one sheet at a time, filters the summary, and marks
// what belongs together.
(() => {
  const root = document.documentElement;
  const pages = [...document.querySelectorAll('.page')];

  // --- one page at a time ---

  function show(name, scrolls) {
    const target = name === '' ? null : document.getElementById(name);
    if (pages.length > 1) {
      const page = (target && target.closest('.page')) || pages[0];
      for (const other of pages) other.classList.toggle('shown', other === page);
    }
    if (!target) return;
    for (let fold = target.closest('details'); fold; fold = fold.parentElement.closest('details')) {
      fold.open = true;
    }
    if (scrolls) target.scrollIntoView({block: 'nearest'});
  }
  if (pages.length > 1) root.classList.add('scripted');
  const named = () => decodeURIComponent(location.hash.slice(1));
  addEventListener('hashchange', () => show(named(), true));
  show(named(), true);
  addEventListener('beforeprint', () => {
    for (const fold of document.querySelectorAll('details')) fold.open = true;
  });

  // --- what belongs together ---

  const indexes = new Map();  // of each place: elements by 'p4' and 'c2'
  function index_of(place) {
    if (indexes.has(place)) return indexes.get(place);
    const index = new Map();
    for (const element of place.querySelectorAll('[data-packet], [data-call]')) {
      const key = 'packet' in element.dataset ? 'p' + element.dataset.packet
                                              : 'c' + element.dataset.call;
      if (!index.has(key)) index.set(key, []);
      index.get(key).push(element);
    }
    indexes.set(place, index);
    return index;
  }
  let marked = [];
  function mark(element) {
    const data = element.dataset;
    const keys = 'packet' in data
        ? ['p' + data.packet, ...data.calls.split(' ').map((call) => 'c' + call)]
        : ['c' + data.call, ...data.packets.split(' ').map((packet) => 'p' + packet)];
    for (const old of marked) old.classList.remove('marked');
    const index = index_of(element.closest('.page') || document.body);
    marked = keys.flatMap((key) => index.get(key) || []);
    for (const one of marked) one.classList.add('marked');
  }
  function part_of(event) {
    return event.target.closest ? event.target.closest('[data-packet], [data-call]') : null;
  }
  for (const kind of ['pointerover', 'focusin', 'click']) {
    document.addEventListener(kind, (event) => {
      const part = part_of(event);
      if (part) mark(part);
    });
  }

  // --- the keyboard: one stop for each ladder and table, arrows within ---

  for (const place of document.querySelectorAll('[data-roving]')) {
    place.querySelectorAll('a').forEach((link, number) => {
      if (number > 0) link.setAttribute('tabindex', '-1');
    });
  }
  const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9};
  document.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    const link = event.target.closest ? event.target.closest('[data-roving] a') : null;
    if (!step || !link) return;
    const links = [...link.closest('[data-roving]').querySelectorAll('a')];
    const place = Math.max(0, Math.min(links.length - 1, links.indexOf(link) + step));
    event.preventDefault();
    link.setAttribute('tabindex', '-1');
    links[place].setAttribute('tabindex', '0');
    links[place].focus();
  });

  // --- the filter ---

  for (const form of document.querySelectorAll('.filter')) {
    const place = form.closest('.page') || document.body;
    const rows = [...place.querySelectorAll('[data-filtered] > tr')];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const value = (name) => (form.elements[name] ? form.elements[name].value : '');
    const filter = () => {
      let shown = 0;
      rows.forEach((row, number) => {
        const fits = (value('verdict') === '' || row.dataset.verdict === value('verdict')) &&
            (value('tag') === '' || row.dataset.tags.split('\n').includes(value('tag'))) &&
            texts[number].includes(value('text').toLowerCase());
        row.hidden = !fits;
        if (fits) shown += 1;
      });
      form.querySelector('output').textContent = `${shown} of ${rows.length}`;
    };
    form.hidden = false;
    form.addEventListener('input', filter);
    form.addEventListener('submit', (event) => event.preventDefault());
    filter();
  }
})();
