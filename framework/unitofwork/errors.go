package unitofwork

import (
	"errors"
	"fmt"
	"reflect"
)

var (
	// ErrConcurrent means that a manager was used while a call of it runs: by
	// another goroutine, or by a hook of its own flush. A unit of work belongs to
	// one goroutine at a time; each goroutine takes a manager of its own.
	ErrConcurrent = errors.New("unitofwork: the entity manager is in use; it is for one goroutine at a time, and not for hooks of its own flush")

	// ErrOtherTransaction means that a manager which works in one transaction was
	// given a context that carries another one.
	ErrOtherTransaction = errors.New("unitofwork: the context carries another transaction than the one that the entity manager works in; end that first")

	// ErrNoTransaction means that Savepoint was called outside of a transaction.
	ErrNoTransaction = errors.New("unitofwork: a savepoint needs a transaction; call Begin before")

	// ErrNotFlushed means that a manager was closed with entities that Persist or
	// Remove was given, and that no flush has written. Client.Transact and the like
	// do not flush: [Manager.Transact] does.
	ErrNotFlushed = errors.New("unitofwork: the entity manager was closed with work that was never flushed, which is lost; call Commit or Flush before, or Rollback")
)

// FailedError says that a flush failed before, or the commit of several, so that
// the manager and the database differ. Rollback puts both back.
type FailedError struct {
	Err error // of the flush
}

// Error tells the way out.
func (e *FailedError) Error() string {
	return fmt.Sprintf("unitofwork: a flush or a commit has failed; roll back before anything else: %v", e.Err)
}

// Unwrap returns the error of the flush.
func (e *FailedError) Unwrap() error { return e.Err }

// EntityError says which entity a flush failed for.
type EntityError struct {
	Op     Op
	Entity string // name of the entity
	Object any    // the pointer that the manager was given
	Err    error  // *entity.ValidationError, *entity.StaleError, …
}

func (e *EntityError) Error() string {
	return fmt.Sprintf("unitofwork: cannot %s %s: %v", e.Op, e.Entity, e.Err)
}

// Unwrap returns what was wrong.
func (e *EntityError) Unwrap() error { return e.Err }

// CycleError says that new entities refer to each other in a circle in which no
// foreign key may be NULL, so that none of them can be inserted first.
type CycleError struct {
	Entities []string // names, in the order of the circle
}

func (e *CycleError) Error() string {
	return fmt.Sprintf("unitofwork: new entities need each other, and no foreign key of theirs may be null: %v", e.Entities)
}

// unknownError says that something is no entity of the manager's client.
func unknownError(v any) error {
	if typ := reflect.TypeOf(v); typ != nil && typ.Kind() == reflect.Slice {
		return fmt.Errorf("unitofwork: %T is no entity: give its elements one by one", v)
	}
	return fmt.Errorf("unitofwork: %T is no entity of this manager: give it a pointer to a generated struct", v)
}
