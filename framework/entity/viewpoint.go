package entity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"
)

// Viewpoints tell apart contexts that see different rows.
type Viewpoints struct{ entities []*Entity }

// NewViewpoints returns those of the entities.
func NewViewpoints(r Registry) *Viewpoints {
	v := &Viewpoints{}
	for _, e := range r {
		v.entities = append(v.entities, e)
	}
	slices.SortFunc(v.entities, func(a, b *Entity) int { return cmp.Compare(a.Name, b.Name) })
	return v
}

// Of returns a text that is the same for contexts which see the same rows of all
// entities: it stands for the view of deleted rows, and for what the filters of
// tenants and privacy add to statements, their values included. What a filter
// refuses is a part of it too. It is "" where nothing but living rows is seen
// and no filter depends on the context.
func (v *Viewpoints) Of(ctx context.Context) string {
	views := viewOf(ctx)
	var text strings.Builder
	if views.own != Living || views.others != Living {
		fmt.Fprintf(&text, "%d,%d", views.own, views.others)
	}
	for _, e := range v.entities {
		if e.Rows.guarded() {
			text.WriteString(";" + e.Name + ":" + e.filterText(ctx))
		}
	}
	if text.Len() == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:])
}

// filterText is what the filters that depend on the context add to statements.
func (e *Entity) filterText(ctx context.Context) string {
	seen, err := e.Rows.decide(ctx, Everything)
	if err != nil {
		return fmt.Sprintf("!%T %q", err, err)
	}
	if seen == nil {
		return ""
	}
	s := sql.Select("*").From(sql.Table(e.Table)).WithContext(ctx)
	s.Where(seen(s))
	query, args := s.Query()
	if err := s.Err(); err != nil {
		return fmt.Sprintf("!%T %q", err, err)
	}
	var text strings.Builder
	text.WriteString(query)
	for i, arg := range args {
		fmt.Fprintf(&text, "\x00%d:%T:%#v", i, arg, arg)
	}
	return text.String()
}
