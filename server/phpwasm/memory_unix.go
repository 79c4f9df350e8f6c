//go:build unix

package phpwasm

import "syscall"

// reserve maps size bytes that cost nothing until they are touched.
func reserve(size int) ([]byte, error) {
	return syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE|mapNoReserve)
}

func giveBack(b []byte) { syscall.Munmap(b) }
