package phpwasm

// Several PHPs on one Tree: what locks between instances are for.

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pressbox/server/phpwasm/wasi"
	"pressbox/vfs"
)

// newLockTree holds scripts for /www, and a database with one table.
func newLockTree(t testing.TB, scripts map[string]string) *vfs.Tree {
	t.Helper()
	tree := vfs.NewTree(vfs.Options{})
	tree.MkdirAll("/www")
	tree.MkdirAll("/tmp")
	for name, text := range scripts {
		if errno := tree.WriteFile("/www/"+name, []byte("<?php "+text)); errno != vfs.Success {
			t.Fatal(errno)
		}
	}
	return tree
}

func newInstance(t testing.TB, m *Module, tree *vfs.Tree) *Instance {
	t.Helper()
	i, err := m.NewInstance(context.Background(), InstanceConfig{Tree: tree})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.Close() })
	return i
}

// handle runs a script and returns its body.
func handle(ctx context.Context, i *Instance, script, query string) (string, error) {
	r, err := i.Handle(ctx, []string{
		"GATEWAY_INTERFACE=CGI/1.1", "SERVER_PROTOCOL=HTTP/1.1", "REQUEST_METHOD=GET", "QUERY_STRING=" + query,
		"SCRIPT_NAME=/" + script, "SCRIPT_FILENAME=/www/" + script,
	}, nil, nil)
	_, body, _ := strings.Cut(string(r.Stdout), "\r\n\r\n")
	if err == nil && len(r.Stderr) > 0 {
		err = fmt.Errorf("%s", r.Stderr)
	}
	return body, err
}

func mustHandle(t testing.TB, i *Instance, script, query string) string {
	t.Helper()
	body, err := handle(context.Background(), i, script, query)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

const (
	makeTable = `$db = new PDO('sqlite:/www/db'); $db->exec('create table t (id integer primary key, who text, n int)');
$db->exec('create table sums (who text primary key, n int)');`
	// One transaction: what it read before it wrote must still be so after.
	writeRow = `$db = new PDO('sqlite:/www/db'); $db->setAttribute(PDO::ATTR_TIMEOUT, 60);
for ($i = 0; $i < $_GET['times']; $i++) {
	$db->exec('begin immediate');
	$n = $db->query('select count(*) from t')->fetchColumn();
	$db->prepare('insert into t (who, n) values (?, ?)')->execute([$_GET['who'], $n]);
	$db->prepare('insert into sums values (?, 1) on conflict (who) do update set n = n + 1')->execute([$_GET['who']]);
	$db->exec('commit');
}
echo 'written';`
	// A reader sees both tables at one moment.
	readRows = `$db = new PDO('sqlite:/www/db'); $db->setAttribute(PDO::ATTR_TIMEOUT, 60);
for ($i = 0; $i < $_GET['times']; $i++) {
	$db->exec('begin');
	$n = $db->query('select count(*) from t')->fetchColumn();
	$sum = $db->query('select coalesce(sum(n), 0) from sums')->fetchColumn();
	$db->exec('commit');
	if ($n != $sum) die("$n rows, but a sum of $sum");
}
echo 'read';`
	checkDatabase = `$db = new PDO('sqlite:/www/db');
echo $db->query('pragma integrity_check')->fetchColumn(), ' ', $db->query('select count(*) from t')->fetchColumn(),
	' ', $db->query('select count(distinct n) from t')->fetchColumn();`
)

// Writers and readers in instances of their own, all at once: nobody sees half
// a transaction, none is lost, and the database is whole.
func TestLocks_sqlite(t *testing.T) {
	m := realPHP(t)
	tree := newLockTree(t, map[string]string{
		"make.php": makeTable, "write.php": writeRow, "read.php": readRows, "check.php": checkDatabase,
	})
	const writers, readers, times = 2, 2, 20
	instances := make([]*Instance, writers+readers)
	for i := range instances {
		instances[i] = newInstance(t, m, tree)
	}
	mustHandle(t, instances[0], "make.php", "")
	var wait sync.WaitGroup
	for i, instance := range instances {
		wait.Go(func() {
			script, want := "write.php", "written"
			if i >= writers {
				script, want = "read.php", "read"
			}
			body, err := handle(context.Background(), instance, script, fmt.Sprintf("who=%d&times=%d", i, times))
			if err != nil || body != want {
				t.Errorf("instance %d: %q, %v", i, body, err)
			}
		})
	}
	wait.Wait()
	if got, want := mustHandle(t, instances[0], "check.php", ""), fmt.Sprintf("ok %d %[1]d", writers*times); got != want {
		t.Errorf("the database: %s, want %s", got, want)
	}
	if used := fileNames(tree, "/www"); strings.Contains(used, "journal") {
		t.Errorf("a journal was left: %s", used)
	}
}

func fileNames(tree *vfs.Tree, dir string) string {
	entries, _ := tree.ReadDir(dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return strings.Join(names, " ")
}

// An instance that dies within a transaction leaves no lock, and its half
// transaction is undone by the next one that looks.
func TestLocks_deadInstance(t *testing.T) {
	m := realPHP(t)
	for name, last := range map[string]string{
		"trap":       `function deep($x) { return array_map('deep', [$x]); } deep(1);`,
		"killed":     `register_shutdown_function('hash_pbkdf2', 'sha256', 'x', 'y', 1 << 25); touch('/tmp/ready'); while (true);`,
		"the output": `while (true) echo str_repeat('x', 1 << 20);`,
	} {
		for _, begin := range []string{"begin immediate", "begin exclusive"} {
			t.Run(name+", "+begin, func(t *testing.T) {
				// Go's collector would wait for a loop in C, and all else for it.
				defer debug.SetGCPercent(debug.SetGCPercent(-1))
				tree := newLockTree(t, map[string]string{
					"make.php": makeTable, "write.php": writeRow, "check.php": checkDatabase,
					"die.php": `set_time_limit(0);
$db = new PDO('sqlite:/www/db'); $db->exec('pragma cache_size = 2'); $db->exec('` + begin + `');
for ($i = 0; $i < 200; $i++) $db->exec("insert into t (who, n) values (hex(randomblob(200)), $i)");
$f = fopen('/www/lock', 'w'); flock($f, LOCK_EX); ` + last,
					"flock.php": `$f = fopen('/www/lock', 'w'); echo flock($f, LOCK_EX | LOCK_NB) ? 'had' : 'not had';`,
				})
				tree.MkdirAll("/etc/php")
				tree.WriteFile("/etc/php/php.ini", []byte("zend.max_allowed_stack_size = -1"))
				first, second := newInstance(t, m, tree), newInstance(t, m, tree)
				mustHandle(t, first, "make.php", "")
				mustHandle(t, first, "write.php", "who=a&times=1")
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if name == "killed" {
					go func() {
						for {
							if _, errno := tree.Stat("/tmp/ready"); errno == vfs.Success || ctx.Err() != nil {
								break
							}
							time.Sleep(time.Millisecond)
						}
						cancel()
					}()
				}
				if _, err := handle(ctx, first, "die.php", ""); err == nil || first.dead == nil {
					t.Fatalf("the instance lives: %v", err)
				}
				if names := fileNames(tree, "/www"); !strings.Contains(names, "db-journal") {
					t.Fatalf("there is no hot journal: %s", names)
				}
				if got := mustHandle(t, second, "check.php", ""); got != "ok 1 1" {
					t.Errorf("the database: %s, want ok 1 1", got)
				}
				if got := mustHandle(t, second, "write.php", "who=b&times=1"); got != "written" {
					t.Errorf("writing: %s", got)
				}
				if got := mustHandle(t, second, "flock.php", ""); got != "had" {
					t.Errorf("the dead instance's lock was %s", got)
				}
			})
		}
	}
}

// A request's end ends its locks, also those of a connection that outlives it.
func TestLocks_requestEnds(t *testing.T) {
	m := realPHP(t)
	tree := newLockTree(t, map[string]string{
		"make.php": makeTable,
		"keep.php": `$db = new PDO('sqlite:/www/db', null, null, [PDO::ATTR_PERSISTENT => true]); $db->exec('begin exclusive');
$GLOBALS['f'] = fopen('/www/lock', 'w'); flock($GLOBALS['f'], LOCK_EX); echo 'kept';`,
		"try.php": `$db = new PDO('sqlite:/www/db'); $db->setAttribute(PDO::ATTR_TIMEOUT, 0);
echo $db->query('select count(*) from t')->fetchColumn(), flock(fopen('/www/lock', 'w'), LOCK_EX | LOCK_NB);`,
	})
	first, second := newInstance(t, m, tree), newInstance(t, m, tree)
	mustHandle(t, first, "make.php", "")
	if got := mustHandle(t, first, "keep.php", ""); got != "kept" {
		t.Fatal(got)
	}
	if got := mustHandle(t, second, "try.php", ""); got != "01" {
		t.Errorf("the other instance: %s", got)
	}
}

// SQLite says that it is busy, after the time it was given and not before.
func TestLocks_busy(t *testing.T) {
	m := realPHP(t)
	tree := newLockTree(t, map[string]string{
		"make.php": makeTable,
		"hold.php": `$db = new PDO('sqlite:/www/db'); $db->exec('begin ` + "'.$_GET['how'].'" + `'); file_put_contents('/tmp/held', '1');
while (!file_exists('/tmp/done')) { usleep(1000); clearstatcache(); } $db->exec('commit'); echo 'done';`,
		"try.php": `$db = new PDO('sqlite:/www/db'); $db->setAttribute(PDO::ATTR_TIMEOUT, $_GET['timeout']); $t = hrtime(true);
try { $db->exec($_GET['sql']); echo 'had'; } catch (PDOException $e) { echo $e->errorInfo[2]; }
echo hrtime(true) - $t >= 1e9 ? ' after a second' : '';`,
		"slow.php": `$db = new PDO('sqlite:/www/db'); $db->setAttribute(PDO::ATTR_TIMEOUT, 60); touch('/tmp/done');
$db->exec("insert into t (who) values ('slow')"); echo 'had';`,
	})
	holder, other := newInstance(t, m, tree), newInstance(t, m, tree)
	mustHandle(t, holder, "make.php", "")
	for _, c := range []struct{ how, read, write string }{
		{"immediate", "had", "database is locked"},
		{"exclusive", "database is locked", "database is locked"},
	} {
		tree.Remove("/tmp/held")
		tree.Remove("/tmp/done")
		var wait sync.WaitGroup
		wait.Go(func() {
			if body, err := handle(context.Background(), holder, "hold.php", "how="+c.how); err != nil || body != "done" {
				t.Errorf("holder: %q, %v", body, err)
			}
		})
		for {
			if _, errno := tree.Stat("/tmp/held"); errno == vfs.Success {
				break
			}
			time.Sleep(time.Millisecond)
		}
		read := "sql=select+count(*)+from+t"
		write := "sql=insert+into+t+(who)+values+('x')"
		for _, try := range []struct{ query, want string }{
			{"timeout=0&" + read, c.read},
			{"timeout=0&" + write, c.write},
			{"timeout=1&" + write, c.write + " after a second"},
		} {
			if got := mustHandle(t, other, "try.php", try.query); got != try.want {
				t.Errorf("%s: %s: %q, want %q", c.how, try.query, got, try.want)
			}
		}
		if got := mustHandle(t, other, "slow.php", ""); got != "had" {
			t.Errorf("%s: waiting until the other is done: %s", c.how, got)
		}
		wait.Wait()
	}
}

// A counter in a file, which only a lock keeps right.
func TestLocks_flock(t *testing.T) {
	m := realPHP(t)
	tree := newLockTree(t, map[string]string{
		"count.php": `for ($i = 0; $i < $_GET['times']; $i++) {
	$f = fopen('/www/counter', 'c+');
	if (!flock($f, LOCK_EX)) die('no lock');
	$n = (int) stream_get_contents($f); usleep(100);
	rewind($f); ftruncate($f, 0); fwrite($f, $n + 1); fclose($f);
}
echo 'counted';`,
	})
	const instances, times = 3, 30
	var wait sync.WaitGroup
	for range instances {
		i := newInstance(t, m, tree)
		wait.Go(func() {
			if body, err := handle(context.Background(), i, "count.php", fmt.Sprintf("times=%d", times)); err != nil || body != "counted" {
				t.Errorf("%q, %v", body, err)
			}
		})
	}
	wait.Wait()
	if data, _ := tree.ReadFile("/www/counter"); string(data) != strconv.Itoa(instances*times) {
		t.Errorf("counted to %s, want %d", data, instances*times)
	}
}

// Whoever waits for a lock is woken by the host, as by PHP's own limit.
func TestLocks_waitingEnds(t *testing.T) {
	m := realPHP(t)
	tree := newLockTree(t, map[string]string{
		"wait.php": `set_time_limit(0); $a = fopen('/www/f', 'w'); $b = fopen('/www/f', 'w'); flock($a, LOCK_EX);
touch('/tmp/waiting'); flock($b, LOCK_EX); while (true);`,
		"fine.php": `echo 'fine';`,
	})
	i := newInstance(t, m, tree)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for {
			if _, errno := tree.Stat("/tmp/waiting"); errno == vfs.Success {
				break
			}
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err := handle(ctx, i, "wait.php", "")
	var killed *TimeoutError
	if errors.As(err, &killed) || err == nil || !strings.Contains(err.Error(), "Maximum execution time") {
		t.Fatalf("got %v, want PHP's own error", err)
	}
	if got := mustHandle(t, i, "fine.php", ""); got != "fine" {
		t.Errorf("the next request: %s", got)
	}
}

// Temporary names do not repeat, though every instance draws the same random
// bytes at the same time.
func TestTemporaryNames(t *testing.T) {
	m := realPHP(t)
	tree := newLockTree(t, map[string]string{
		"names.php": `for ($i = 0; $i < 40; $i++) { $n = tempnam('/tmp', 'x'); $names[$n] = 1; $m[] = $f = tmpfile(); fwrite($f, $n); }
foreach ($m as $f) { rewind($f); $held[fread($f, 99)] = 1; } echo count($names), ' ', count($held);`,
	})
	for range 3 {
		i, err := m.NewInstance(context.Background(), InstanceConfig{
			Tree: tree, Clock: wasi.FixedClock(1_700_000_000_000_000_000, 0), Random: constantRandom(7),
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := mustHandle(t, i, "names.php", ""); got != "40 40" {
			t.Errorf("names and contents: %s", got)
		}
		i.Close()
	}
	if entries, _ := tree.ReadDir("/tmp"); len(entries) != 120 {
		t.Errorf("%d files are left, want 120", len(entries))
	}
}

type constantRandom byte

func (c constantRandom) Fill(p []byte) {
	for i := range p {
		p[i] = byte(c)
	}
}

// Transactions of several instances on one database, and what a lock costs.
func BenchmarkLocks(b *testing.B) {
	m := realPHP(b)
	for _, count := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("transactions/%d", count), func(b *testing.B) {
			tree := newLockTree(b, map[string]string{"make.php": makeTable, "write.php": writeRow})
			var instances []*Instance
			for range count {
				instances = append(instances, newInstance(b, m, tree))
			}
			mustHandle(b, instances[0], "make.php", "")
			for _, i := range instances {
				mustHandle(b, i, "write.php", "who=first&times=1")
			}
			b.ResetTimer()
			var wait sync.WaitGroup
			for n, i := range instances {
				wait.Go(func() {
					if body, err := handle(context.Background(), i, "write.php", fmt.Sprintf("who=%d&times=%d", n, b.N)); body != "written" {
						b.Errorf("%q, %v", body, err)
					}
				})
			}
			wait.Wait()
			b.ReportMetric(float64(b.N*count)/b.Elapsed().Seconds(), "transactions/s")
		})
	}
	b.Run("flock", func(b *testing.B) {
		tree := newLockTree(b, map[string]string{
			"flock.php": `$f = fopen('/www/f', 'w'); for ($i = $_GET['times']; $i > 0; $i--) { flock($f, LOCK_EX); flock($f, LOCK_UN); } echo 'done';`,
		})
		i := newInstance(b, m, tree)
		b.ResetTimer()
		mustHandle(b, i, "flock.php", fmt.Sprintf("times=%d", b.N))
	})
}
