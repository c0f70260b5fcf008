// What tests/browser/run asks of the pages that it made, in headless Chromium.
import {strict as assert} from 'node:assert';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {chromium} from 'playwright-core';

const folder = process.argv[2];
const axe = readFileSync(join(folder, 'node_modules/axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
let failed = 0;

async function test(name, body) {
  try {
    await body();
    console.log(`ok - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok - ${name}\n  ${String(error.message).replaceAll('\n', '\n  ')}`);
  }
}

// A page that asked for nothing but itself, and said nothing on the console.
async function open(file, options = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  context.setDefaultTimeout(600000);  // a machine without time is no failure
  const page = await context.newPage();
  const address = pathToFileURL(join(folder, 'pages', file)).href;
  page.complaints = [];
  page.on('console', (message) => page.complaints.push(message.text()));
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address) page.complaints.push(request.url());
  });
  await page.goto(address);
  return page;
}
async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}
async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run());
  return result.violations.map(
      (one) => `${one.id}: ${one.nodes.length} times, ${one.nodes[0].html.slice(0, 200)}`);
}

const pages = ['pass', 'fail', 'inconclusive', 'trace', 'long', 'grades'];
for (const name of pages) {
  await test(`${name}: opens alone, and axe-core finds nothing, light and dark`, async () => {
    for (const colorScheme of ['light', 'dark']) {
      const page = await open(`${name}.html`, {colorScheme});
      assert.deepEqual(await violations(page), []);
      const sheet = page.locator('#summary [data-filtered] a').first();
      if (await sheet.count() > 0) {
        await sheet.click();
        assert.deepEqual(await violations(page), []);
      }
      await page.screenshot({path: join(folder, `${name}-${colorScheme}.png`), fullPage: true});
      await close(page);
    }
  });
}

await test('a run shows its summary, then one sheet', async () => {
  const page = await open('fail.html');
  assert.equal(await page.locator('.page:visible').count(), 1);
  assert.ok(await page.locator('#summary').isVisible());
  await page.locator('#summary tr[data-verdict="FAIL"] a').first().click();
  assert.ok(!await page.locator('#summary').isVisible());
  assert.equal(await page.locator('.page:visible').count(), 1);
  assert.ok(await page.locator('.page:visible pre.message').count() > 0);
  assert.ok(await page.locator('.page:visible tr.wrong').count() > 0);
  await page.goBack();
  assert.ok(await page.locator('#summary').isVisible());
  await close(page);
});

await test('the summary is filtered by verdict, tag and text', async () => {
  const page = await open('fail.html');
  const rows = page.locator('#summary [data-filtered] > tr');
  const all = await rows.count();
  await page.locator('select[name=verdict]').selectOption('FAIL');
  const failing = await page.locator('#summary [data-filtered] > tr:visible').count();
  assert.equal(failing, await page.locator('#summary tr[data-verdict=FAIL]').count());
  await page.locator('select[name=verdict]').selectOption('');
  await page.locator('input[name=text]').fill('one-message');
  const named = await page.locator('#summary [data-filtered] > tr:visible').count();
  assert.ok(named > 0 && named < all);
  assert.equal(await page.locator('output').textContent(), `${named} of ${all}`);
  await close(page);
});

await test('the keyboard selects a packet and marks its row, its bytes and its calls', async () => {
  const page = await open('trace.html');
  await page.locator('.ladder svg a').first().focus();
  const focused = () => page.evaluate(() => {
    const part = document.activeElement.closest('[data-packet], [data-call]');
    return {...part.dataset};
  });
  // Down to the first packet that carries something and was sent by a call.
  for (let step = 0; step < 100; ++step) {
    await page.keyboard.press('ArrowDown');
    const {packet, calls} = await focused();
    if (packet && calls && await page.locator(`.bytes [data-packet="${packet}"]`).count()) break;
  }
  const {packet, calls} = await focused();
  assert.ok(packet && calls);
  assert.equal(await page.locator(`tr.marked[data-packet="${packet}"]`).count(), 1);
  assert.equal(await page.locator(`.bytes .marked[data-packet="${packet}"]`).count(), 1);
  for (const call of calls.split(' ')) {
    assert.ok(await page.locator(`.marked[data-call="${call}"]`).count() > 0);
  }
  await page.keyboard.press('Enter');
  assert.match(page.url(), /#t-p\d+$/);
  await close(page);
});

await test('a thousand packets stay fluid', async () => {
  const page = await open('long.html');
  const loaded = await page.evaluate(
      () => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd);
  const rows = await page.locator('tr[data-packet]').count();
  assert.ok(rows > 480);
  await page.locator('.ladder svg a').first().focus();
  const begin = Date.now();
  for (let step = 0; step < 50; ++step) await page.keyboard.press('ArrowDown');
  console.log(`# ${rows} packets: loaded in ${Math.round(loaded)} ms, ` +
              `${(Date.now() - begin) / 50} ms for each key`);
  await close(page);
});

await test('without JavaScript everything is there', async () => {
  const page = await open('fail.html', {javaScriptEnabled: false});
  const count = await page.locator('.page').count();
  assert.ok(count > 1);
  assert.equal(await page.locator('.page:visible').count(), count);
  assert.ok(!await page.locator('.filter').first().isVisible());
  await page.screenshot({path: join(folder, 'no-script.png'), fullPage: true});
  await close(page);
});

await test('it prints as a whole, on white', async () => {
  const page = await open('fail.html', {colorScheme: 'dark'});
  await page.emulateMedia({media: 'print', colorScheme: 'dark'});
  const count = await page.locator('.page').count();
  assert.equal(await page.locator('.page:visible').count(), count);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(paper, 'rgb(255, 255, 255)');
  await page.pdf({path: join(folder, 'print.pdf')});
  await close(page);
});

await browser.close();
process.exit(failed === 0 ? 0 : 1);
