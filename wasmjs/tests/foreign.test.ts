// php.wasm in a host that is not ours: Node's own WASI. Its files are real ones,
// and it knows nothing of locks or free space.
//
// It starts nothing that exports _initialize beside _start, so it is shown the
// exports it wants.

import assert from "node:assert/strict";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WASI } from "node:wasi";
import { phpModule, phpPath, testWith } from "./artefacts.ts";

interface Given {
  readonly args?: string[];
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  readonly files?: Record<string, string>;
}

interface Got {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run({ args = [], env = {}, stdin = "", files = {} }: Given): Got {
  const dir = mkdtempSync(join(tmpdir(), "pressbox-"));
  const root = join(dir, "root");
  mkdirSync(join(root, "tmp"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const names = ["stdin", "stdout", "stderr"].map((name) => join(dir, name)) as [string, string, string];
  writeFileSync(names[0], stdin);
  const fds = [openSync(names[0], "r"), openSync(names[1], "w"), openSync(names[2], "w")] as const;
  try {
    const wasi = new WASI({
      version: "preview1", args: ["php", ...args], env, preopens: { "/": root }, returnOnExit: true,
      stdin: fds[0], stdout: fds[1], stderr: fds[2],
    });
    const { exports } = new WebAssembly.Instance(phpModule(), wasi.getImportObject() as WebAssembly.Imports);
    const { memory, _start } = exports;
    const exit = wasi.start({ exports: { memory, _start } });
    return { exit, stdout: readFileSync(names[1], "latin1"), stderr: readFileSync(names[2], "latin1") };
  } finally {
    fds.forEach(closeSync);
    rmSync(dir, { recursive: true });
  }
}

testWith([phpPath()], "the command line runs in Node's own WASI", () => {
  assert.match(run({ args: ["-v"] }).stdout, /^PHP 8\.\d+\.\d+ \(cli\)/);
  assert.match(run({ args: ["-m"] }).stdout, /\nsqlite3\n[^]*\[Zend Modules\]\nZend OPcache\n/);
  const code = "echo implode(',', $argv), ' ', strlen(stream_get_contents(STDIN)); fwrite(STDERR, 'aside'); exit(7);";
  assert.deepEqual(run({ args: ["-r", code, "--", "-x", "y"], stdin: "\0\xff\n" }), {
    exit: 7, stdout: "Standard input code,-x,y 4", stderr: "aside",
  });
  assert.equal(run({ stdin: "<?php echo 'from ', PHP_SAPI;" }).stdout, "from cli");
  const files = { "script.php": "<?php require __DIR__ . '/part.php'; echo $argc, file_get_contents('/tmp/none');", "part.php": "<?php echo 'part ';" };
  const got = run({ args: ["/script.php", "one"], files });
  assert.equal(got.exit, 0);
  assert.equal(got.stdout, "part 2");
  assert.match(got.stderr, /Failed to open stream: No such file or directory/);
  assert.equal(run({ args: ["-r", "no_such_function();"] }).exit, 255);
});

testWith([phpPath()], "a CGI request runs in Node's own WASI", () => {
  const body = "a=1&b=two";
  const got = run({
    env: {
      GATEWAY_INTERFACE: "CGI/1.1", SERVER_PROTOCOL: "HTTP/1.1", REQUEST_METHOD: "POST", QUERY_STRING: "q=x",
      CONTENT_TYPE: "application/x-www-form-urlencoded", CONTENT_LENGTH: String(body.length),
      SCRIPT_NAME: "/index.php", SCRIPT_FILENAME: "/index.php",
    },
    stdin: body,
    files: { "index.php": "<?php http_response_code(201); header('X-Test: yes'); echo $_GET['q'], json_encode($_POST);" },
  });
  assert.equal(got.exit, 0);
  assert.match(got.stdout, /^Status: 201 Created\r\n[^]*X-Test: yes\r\n[^]*\r\n\r\nx\{"a":"1","b":"two"\}$/);
});

testWith([phpPath()], "locks are granted in Node's own WASI, and free space is not known", () => {
  const code = `$f = fopen('/tmp/f', 'w'); $g = fopen('/tmp/f', 'w');
    echo json_encode([flock($f, LOCK_EX), flock($g, LOCK_EX | LOCK_NB), @disk_free_space('/'), is_writable('/tmp/f')]);
    $a = new PDO('sqlite:/tmp/db'); $a->exec('create table t (n)'); $a->beginTransaction(); $a->exec('insert into t values (5)'); $a->commit();
    echo (new PDO('sqlite:/tmp/db'))->query('select n from t')->fetchColumn(), strlen(fread(tmpfile(), 1)), tempnam('/tmp', 'x') !== tempnam('/tmp', 'x');`;
  assert.deepEqual(run({ args: ["-r", code] }), { exit: 0, stdout: "[true,true,false,true]501", stderr: "" });
});
