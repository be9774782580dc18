package cache

import (
	"context"
	"slices"
	"strconv"

	"github.com/framefox-go/framefox/framework/database"
)

// written is told by the database of what is about to be committed.
func (c *Cache) written(_ context.Context, changes database.Changes) func(changed bool) {
	if c.ended() {
		return func(bool) {}
	}
	if changes.All {
		return c.begin([]string{everything}) //nolint:contextcheck // it is done whatever becomes of the caller
	}
	return c.begin(append(c.tagsOf(c.reach(changes)), anyWrite)) //nolint:contextcheck // it is done whatever becomes of the caller
}

// reach adds the tables that change along with those that are written.
func (c *Cache) reach(changes database.Changes) []string {
	reached := slices.Clone(changes.Tables)
	add := func(names []string) {
		for _, name := range names {
			if !slices.Contains(reached, name) {
				reached = append(reached, name)
			}
		}
	}
	deleted := slices.Clone(changes.Deleted)
	for i := 0; i < len(deleted); i++ {
		for _, table := range c.cascades[deleted[i]] {
			if !slices.Contains(deleted, table) {
				deleted = append(deleted, table)
			}
		}
	}
	add(deleted)
	for i := 0; i < len(reached); i++ {
		add(lower(c.config.Also[reached[i]]))
	}
	return reached
}

// begin puts tags in doubt, here and elsewhere, until the function that it
// returns is called.
func (c *Cache) begin(tags []string) func(changed bool) {
	slices.Sort(tags)
	tags = slices.Compact(tags)
	id := strconv.FormatInt(c.marks.Add(1), 36)
	c.versions.doubt(tags)
	if c.shared != nil {
		id = c.shared.id + "." + id
		c.shared.mark(id, tags)
	}
	return func(changed bool) {
		defer c.versions.settle(tags, changed)
		if c.shared != nil {
			c.shared.settle(id, tags, changed)
		}
	}
}

// maxTexts bounds how many statements are remembered.
const maxTexts = 4096

// reads lists the tags of the tables that a statement reads.
func (c *Cache) reads(query string) []string {
	if known, ok := c.mentions.Load(query); ok {
		return known.([]string)
	}
	m := database.MentionsOf(c.dialect, query)
	var tags []string
	for _, name := range m.Names {
		if c.tables[name] {
			tags = append(tags, name)
		}
	}
	if m.Unclear || slices.ContainsFunc(m.Relations, func(name string) bool { return !c.tables[name] }) {
		tags = append(tags, anyWrite) // a view, or a table that no entity has
	}
	if c.texts.Add(1) > maxTexts {
		c.mentions.Clear()
		c.texts.Store(1)
	}
	c.mentions.Store(query, tags)
	return tags
}
