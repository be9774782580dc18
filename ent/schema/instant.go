package schema

import (
	"time"

	"entgo.io/ent"

	"github.com/framefox-go/framefox/framework/mixin"
)

// instant is the created_at of mixin.CreatedAt under another name: set once,
// by the program or by the database, and never by a client.
func instant(name, comment string) ent.Field {
	f := mixin.CreatedAt{}.Fields()[0]
	d := f.Descriptor()
	d.Name, d.Comment = name, comment
	return f
}

// today is the current civil date, UTC.
func today() time.Time { return mixin.Now().Truncate(24 * time.Hour) }
