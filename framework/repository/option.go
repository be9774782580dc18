package repository

import (
	"slices"
)

// Option says how rows are read or written. One that a method has no use for is
// an error of type *relay.ArgumentError, as are values out of bounds.
type Option func(*options)

type options struct {
	order   []Order
	limit   *int
	offset  int
	with    []string
	in      []string
	batch   int
	version *int64
	given   []string
}

// OrderBy orders the rows. The key completes the order, so that it is the same
// each time. NULL is the smallest value on every dialect.
func OrderBy(terms ...Order) Option {
	return func(o *options) { o.order, o.given = append(o.order, terms...), append(o.given, "OrderBy") }
}

// Limit is the most rows that are returned: 1 to [MaxRows].
func Limit(n int) Option {
	return func(o *options) { o.limit, o.given = &n, append(o.given, "Limit") }
}

// Offset skips rows. The database reads them all the same: for long lists, take
// [Repository.Scroll].
func Offset(n int) Option {
	return func(o *options) { o.offset, o.given = n, append(o.given, "Offset") }
}

// With loads the edges of the given names along with the rows, each in one
// statement. A path such as "comments.user" goes on from edge to edge. A name
// that is none is an *entity.UnknownEdgeError.
func With(paths ...string) Option {
	return func(o *options) { o.with, o.given = append(o.with, paths...), append(o.given, "With") }
}

// In names the fields that [Repository.Search] looks at.
func In(fields ...string) Option {
	return func(o *options) { o.in, o.given = append(o.in, fields...), append(o.given, "In") }
}

// Batch is how many rows [Repository.Each] reads with one statement: 1 to
// [MaxRows], default 1,000.
func Batch(rows int) Option {
	return func(o *options) { o.batch, o.given = rows, append(o.given, "Batch") }
}

// ExpectVersion makes a write fail with an *entity.StaleError, and change
// nothing, unless the row has the version: the one that it was read with.
func ExpectVersion(version int64) Option {
	return func(o *options) { o.version, o.given = &version, append(o.given, "ExpectVersion") }
}

// read applies the options, of which the method takes those of the given names.
func read(method string, opts []Option, takes ...string) (*options, error) {
	o := &options{batch: defaultBatch}
	for _, opt := range opts {
		opt(o)
	}
	for _, name := range o.given {
		if !slices.Contains(takes, name) {
			return nil, bad(name, "is no option of %s", method)
		}
	}
	switch {
	case o.limit != nil && (*o.limit < 1 || *o.limit > MaxRows):
		return nil, bad("Limit", "must be between 1 and %d; Each streams any number of rows", MaxRows)
	case o.offset < 0:
		return nil, bad("Offset", "must not be negative")
	case o.batch < 1 || o.batch > MaxRows:
		return nil, bad("Batch", "must be between 1 and %d", MaxRows)
	}
	return o, nil
}
