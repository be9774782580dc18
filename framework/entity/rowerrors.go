package entity

import (
	"fmt"
	"strings"
)

// RowErrors are the errors of the rows of a bulk write that saved the others,
// in the order of the rows. errors.Is and errors.As look into all of them.
type RowErrors []*RowError

func (e RowErrors) Error() string {
	const shown = 5
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows could not be saved", len(e))
	if len(e) == 1 {
		b.Reset()
		b.WriteString("1 row could not be saved")
	}
	for i, row := range e {
		if i == shown {
			fmt.Fprintf(&b, "; and %d more", len(e)-shown)
			break
		}
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + row.Error())
	}
	return b.String()
}

// Unwrap returns the errors.
func (e RowErrors) Unwrap() []error {
	list := make([]error, len(e))
	for i, row := range e {
		list[i] = row
	}
	return list
}
