package hostdir_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"pressbox/server/phpwasm/hostdir"
	"pressbox/vfs"
)

// The variable that makes this test's program the other process.
const lockVariable = "PRESSBOX_TEST_LOCK"

// TestLock_other is no test but the other process: it takes both kinds of
// locks in the directory it is given, says so, and ends when its input does.
func TestLock_other(t *testing.T) {
	path := os.Getenv(lockVariable)
	if path == "" {
		t.Skip("is run by TestLock_processes")
	}
	f := lockedFile(t, path)
	fmt.Println("flock:", f.Lock(vfs.Lock{Mode: vfs.LockExclusive}).Name())
	fmt.Println("record:", f.Lock(vfs.Lock{Mode: vfs.LockExclusive, Record: true, Off: 10, Len: 10}).Name())
	bufio.NewReader(os.Stdin).ReadByte()
	os.Exit(0)
}

func lockedFile(t *testing.T, path string) vfs.File {
	t.Helper()
	dir, err := hostdir.Open(path, false)
	if err != nil {
		t.Fatal(err)
	}
	root, errno := dir.OpenRoot()
	if errno != vfs.Success {
		t.Fatal(errno)
	}
	f, errno := root.Open("f", vfs.OpenOptions{Flags: vfs.Creat, Read: true, Write: true})
	if errno != vfs.Success {
		t.Fatal(errno)
	}
	t.Cleanup(func() { f.Close(); root.Close(); dir.Close() })
	return f
}

// Locks are the machine's: another process's are in the way until it ends.
func TestLock_processes(t *testing.T) {
	path := t.TempDir()
	f := lockedFile(t, path)
	other := exec.Command(os.Args[0], "-test.run=^TestLock_other$")
	other.Env = append(os.Environ(), lockVariable+"="+path)
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for _, want := range []string{"flock: SUCCESS", "record: SUCCESS"} {
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("the other process says %q, want %q", lines.Text(), want)
		}
	}
	record := func(mode vfs.LockMode, test bool, off, size int64) vfs.Lock {
		return vfs.Lock{Mode: mode, Record: true, Test: test, Off: off, Len: size}
	}
	check := func(want vfs.Errno, l vfs.Lock) {
		t.Helper()
		if got := f.Lock(l); got != want {
			t.Errorf("%+v: %s, want %s", l, got.Name(), want.Name())
		}
	}
	check(vfs.AGAIN, vfs.Lock{Mode: vfs.LockExclusive})
	check(vfs.AGAIN, vfs.Lock{Mode: vfs.LockShared})
	check(vfs.AGAIN, record(vfs.LockShared, false, 19, 1))
	check(vfs.AGAIN, record(vfs.LockShared, true, 0, 0))
	check(vfs.AGAIN, record(vfs.LockExclusive, false, 0, vfs.MaxLockOff))
	check(vfs.Success, record(vfs.LockExclusive, true, 0, 10))
	check(vfs.Success, record(vfs.LockExclusive, false, 20, vfs.MaxLockOff))
	check(vfs.Success, record(vfs.Unlock, false, 0, 0))
	check(vfs.INVAL, record(vfs.LockShared, false, -1, 0))
	check(vfs.INVAL, record(vfs.Unlock, true, 0, 0))
	check(vfs.INVAL, vfs.Lock{})
	stdin.Close()
	if err := other.Wait(); err != nil {
		t.Fatal(err)
	}
	check(vfs.Success, vfs.Lock{Mode: vfs.LockExclusive})
	check(vfs.Success, record(vfs.LockExclusive, false, 0, 0))
}

// Between two handles of one process, a handle's lock is as in a Tree.
func TestLock_handles(t *testing.T) {
	path := t.TempDir()
	a, b := lockedFile(t, path), lockedFile(t, path)
	for i, c := range []struct{ got, want vfs.Errno }{
		{a.Lock(vfs.Lock{Mode: vfs.LockShared}), vfs.Success},
		{b.Lock(vfs.Lock{Mode: vfs.LockShared}), vfs.Success},
		{a.Lock(vfs.Lock{Mode: vfs.LockExclusive}), vfs.AGAIN},
		{b.Lock(vfs.Lock{Mode: vfs.LockExclusive}), vfs.Success}, // a lost what it had
		{a.Lock(vfs.Lock{Mode: vfs.LockShared}), vfs.AGAIN},
		{b.Lock(vfs.Lock{Mode: vfs.Unlock}), vfs.Success},
		{a.Lock(vfs.Lock{Mode: vfs.LockExclusive}), vfs.Success},
	} {
		if c.got != c.want {
			t.Errorf("step %d: %s, want %s", i, c.got.Name(), c.want.Name())
		}
	}
}
