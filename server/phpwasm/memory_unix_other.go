//go:build unix && !linux

package phpwasm

const mapNoReserve = 0
