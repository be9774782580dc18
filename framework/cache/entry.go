package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/framefox-go/framefox/framework/entity"
)

// entry is a value with what it depends on.
type entry struct {
	key     string // in full: two keys with one hash are not taken for each other
	tags    []string
	since   uint64 // when it was read, as versions counts time
	made    time.Time
	expires time.Time
	value   []byte   // JSON; nil of what cannot be encoded
	missing *missing // there is no row
}

// missing is an *entity.NotFoundError that was kept.
type missing struct {
	Entity string `json:"e"`
	ID     string `json:"i"`
}

// missingOf returns what is kept of the error that there is no row.
func missingOf(err error) (*missing, bool) {
	if !errors.Is(err, entity.ErrNotFound) {
		return nil, false
	}
	if e, ok := errors.AsType[*entity.NotFoundError](err); ok {
		return &missing{e.Entity, e.ID}, true
	}
	return &missing{}, true
}

func (m *missing) err() error { return &entity.NotFoundError{Entity: m.Entity, ID: m.ID} }

// sharedEntry is an entry as Redis keeps it.
type sharedEntry struct {
	Key     string          `json:"k"`
	Tags    []string        `json:"t"`
	Epoch   string          `json:"e"`
	Clock   int64           `json:"c"`
	Made    time.Time       `json:"m"`
	Expires time.Time       `json:"x"`
	Value   json.RawMessage `json:"v,omitempty"`
	Missing *missing        `json:"n,omitempty"`
}

// hash is a short text for a long one.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
