package snapshots

import "fmt"

// FormatError says why bytes are not a snapshot that can be used. Reason is a
// sentence for the person who chose the file; Offset is where in the file, or
// in the manifest if only that was read, the reader stopped.
type FormatError struct {
	Offset int64
	Reason string
}

// Error returns the sentence and the place.
func (e *FormatError) Error() string {
	return fmt.Sprintf("%s (at byte %d)", e.Reason, e.Offset)
}

func formatErrorf(offset int64, format string, args ...any) *FormatError {
	return &FormatError{Offset: offset, Reason: fmt.Sprintf(format, args...)}
}
