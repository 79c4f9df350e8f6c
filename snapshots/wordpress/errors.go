package wordpress

import "fmt"

// StepError is a step of a build that failed: what was being done, what went
// wrong, and how a person can go on.
type StepError struct {
	Step string
	Err  error
	Hint string
}

// Error returns the step, the cause and the hint as one message.
func (e *StepError) Error() string {
	if e.Hint == "" {
		return fmt.Sprintf("%s: %v", e.Step, e.Err)
	}
	return fmt.Sprintf("%s: %v\n%s", e.Step, e.Err, e.Hint)
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }
