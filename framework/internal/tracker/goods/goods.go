// Package goods has the Go types of the tracker's fields that are not Go's own.
package goods

import (
	"database/sql/driver"
	"errors"
	"fmt"
)

// SKU is the number of a product: a text.
type SKU string

// Cents is an amount of money: a whole number.
type Cents int64

// Kilos is a weight: a float.
type Kilos float64

// Size is one of a few: an enum.
type Size string

// The sizes.
const (
	Small Size = "small"
	Large Size = "large"
)

// Values lists the sizes, as Ent wants of an enum.
func (Size) Values() []string { return []string{string(Small), string(Large)} }

// Percent is a share that is stored as a whole number, and is a struct in Go.
//
//nolint:recvcheck // as database/sql wants it
type Percent struct{ points int64 }

// Percentage returns n percent.
func Percentage(n int64) Percent { return Percent{n} }

// Points is the number of percents.
func (p Percent) Points() int64 { return p.points }

// Value implements driver.Valuer.
func (p Percent) Value() (driver.Value, error) { return p.points, nil }

// Scan implements sql.Scanner; a share is at most the whole.
func (p *Percent) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("goods: cannot read a percentage from a %T", v)
	}
	if n < 0 || n > 100 {
		return errors.New("goods: a percentage is between 0 and 100")
	}
	p.points = n
	return nil
}
