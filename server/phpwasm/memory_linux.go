package phpwasm

import "syscall"

// Without it, a machine that does not overcommit counts the whole limit.
const mapNoReserve = syscall.MAP_NORESERVE
