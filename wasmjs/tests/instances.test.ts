// Two PHPs on one Tree, in one thread: while one is inside a call to its host,
// the other runs. A lock that is held shows as one that cannot be had.

import assert from "node:assert/strict";
import { Instance, type Result } from "../runner.ts";
import { SUCCESS } from "../vfs/errno.ts";
import { mkdirAll, readDir, writeFile } from "../vfs/host.ts";
import { Tree } from "../vfs/tree.ts";
import type { Trace } from "../wasi/trace.ts";
import { phpModule, phpPath, testWith } from "./artefacts.ts";

function treeOf(scripts: Record<string, string>): Tree {
  const tree = new Tree();
  for (const path of ["/www", "/tmp"]) assert.equal(mkdirAll(tree, path), SUCCESS);
  for (const [name, text] of Object.entries(scripts)) {
    assert.equal(writeFile(tree, `/www/${name}`, Buffer.from("<?php " + text)), SUCCESS);
  }
  return tree;
}

function handle(instance: Instance, script: string, query = "", timeout = Infinity): string {
  const result = instance.handle([
    "GATEWAY_INTERFACE=CGI/1.1", "SERVER_PROTOCOL=HTTP/1.1", "REQUEST_METHOD=GET", `QUERY_STRING=${query}`,
    `SCRIPT_NAME=/${script}`, `SCRIPT_FILENAME=/www/${script}`,
  ], new Uint8Array(0), timeout);
  if ("ended" in result) return `ended: ${result.ended.message}`;
  const { stdout, stderr } = result satisfies Result;
  const body = Buffer.from(stdout).toString().split("\r\n\r\n").slice(1).join("");
  return stderr.length > 0 ? body + Buffer.from(stderr).toString() : body;
}

// at makes a Trace that calls once, when the guest looks at a path.
function at(path: string, call: () => void): Trace {
  let inside = false;
  return ({ name, args }) => {
    if (inside || name !== "path_filestat_get" || args[2] !== path) return;
    inside = true;
    call();
    inside = false;
  };
}

const database = {
  "make.php": "$db = new PDO('sqlite:/www/db'); $db->exec('create table t (id integer primary key, n int)');",
  "try.php": `$db = new PDO('sqlite:/www/db'); $db->setAttribute(PDO::ATTR_TIMEOUT, $_GET['timeout'] ?? 0);
try { echo $_GET['write'] ? $db->exec('insert into t (n) values (1)') : $db->query('select count(*) from t')->fetchColumn(); }
catch (PDOException $e) { echo $e->errorInfo[2]; }`,
  "check.php": `$db = new PDO('sqlite:/www/db');
echo $db->query('pragma integrity_check')->fetchColumn(), ' ', $db->query('select count(*) from t')->fetchColumn();`,
};

testWith([phpPath()], "SQLite is busy while another instance writes", () => {
  const tree = treeOf({
    ...database,
    "hold.php": `$db = new PDO('sqlite:/www/db'); $db->exec("begin {$_GET['how']}"); $db->exec('insert into t (n) values (2)');
file_exists('/tmp/now'); $db->exec('commit'); echo 'done';`,
    "count.php": `$db = new PDO('sqlite:/www/db'); $q = $db->query('select * from t'); $q->fetch();
file_exists('/tmp/now'); echo 'done';`,
  });
  const other = new Instance(phpModule(), { tree });
  assert.equal(handle(other, "make.php"), "");
  let got: string[] = [];
  const holder = new Instance(phpModule(), {
    tree,
    trace: at("tmp/now", () => {
      got = ["write=0", "write=1"].map((query) => handle(other, "try.php", query));
    }),
  });
  assert.equal(handle(holder, "hold.php", "how=immediate"), "done");
  assert.deepEqual(got, ["0", "database is locked"]);
  assert.equal(handle(holder, "hold.php", "how=exclusive"), "done");
  assert.deepEqual(got, ["database is locked", "database is locked"]);
  // A reader in the middle of a table keeps a writer from ending.
  assert.equal(handle(holder, "count.php"), "done");
  assert.deepEqual(got, ["2", "database is locked"]);
  assert.equal(handle(other, "try.php", "write=1"), "1");
  assert.equal(handle(other, "check.php"), "ok 3");
});

testWith([phpPath()], "an instance that dies leaves no lock", () => {
  const tree = treeOf({
    ...database,
    "die.php": `$db = new PDO('sqlite:/www/db'); $db->exec('pragma cache_size = 2'); $db->exec('begin exclusive');
for ($i = 0; $i < 500; $i++) $db->exec("insert into t (n) values ($i * 1000000)");
$f = fopen('/www/lock', 'w'); flock($f, LOCK_EX); while (true) echo str_repeat('x', 1 << 20);`,
    "flock.php": "$f = fopen('/www/lock', 'w'); echo flock($f, LOCK_EX | LOCK_NB) ? 'had' : 'not had';",
  });
  const first = new Instance(phpModule(), { tree });
  const second = new Instance(phpModule(), { tree });
  handle(first, "make.php");
  assert.match(handle(first, "die.php"), /^ended: the output is over/);
  const names = readDir(tree, "/www");
  assert.ok(Array.isArray(names) && names.some(({ name }) => name === "db-journal"), "there is no hot journal");
  assert.equal(handle(second, "check.php"), "ok 0");
  assert.equal(handle(second, "try.php", "write=1"), "1");
  assert.equal(handle(second, "flock.php"), "had");
});

testWith([phpPath()], "waiting for a lock ends when the script's time is over", () => {
  const tree = treeOf({
    "hold.php": "$f = fopen('/www/lock', 'w'); flock($f, LOCK_EX); file_exists('/tmp/now'); echo 'done';",
    "wait.php": "set_time_limit(0); $f = fopen('/www/lock', 'w'); flock($f, LOCK_EX); while (true);",
    "fine.php": "echo 'fine';",
  });
  const waiting = new Instance(phpModule(), { tree });
  let got = "";
  const holder = new Instance(phpModule(), { tree, trace: at("tmp/now", () => (got = handle(waiting, "wait.php", "", 20))) });
  assert.equal(handle(holder, "hold.php"), "done");
  assert.match(got, /Maximum execution time/);
  assert.equal(handle(waiting, "fine.php"), "fine");
});
