package migration

import (
	"fmt"
	"regexp"
	"strings"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"

	"github.com/framefox-go/framefox/framework/config"
)

// summary names changes for an error: "users: ModifyColumn bio, DropCheck".
func summary(changes []atlas.Change) string {
	list := make([]string, len(changes))
	for i, c := range changes {
		m, ok := c.(*atlas.ModifyTable)
		if !ok {
			list[i] = kind(c)
			continue
		}
		parts := make([]string, len(m.Changes))
		for j, part := range m.Changes {
			parts[j] = kind(part)
		}
		list[i] = m.T.Name + ": " + strings.Join(parts, ", ")
	}
	return strings.Join(list, "; ")
}

func kind(c atlas.Change) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", c), "*schema.")
	switch c := c.(type) {
	case *atlas.AddTable:
		return name + " " + c.T.Name
	case *atlas.DropTable:
		return name + " " + c.T.Name
	case *atlas.AddColumn:
		return name + " " + c.C.Name
	case *atlas.DropColumn:
		return name + " " + c.C.Name
	case *atlas.ModifyColumn:
		return name + " " + c.To.Name
	case *atlas.AddIndex:
		return name + " " + c.I.Name
	case *atlas.DropIndex:
		return name + " " + c.I.Name
	case *atlas.ModifyIndex:
		return name + " " + c.To.Name
	case *atlas.AddForeignKey:
		return name + " " + c.F.Symbol
	case *atlas.DropForeignKey:
		return name + " " + c.F.Symbol
	case *atlas.ModifyForeignKey:
		return name + " " + c.To.Symbol
	case *atlas.AddCheck:
		return name + " " + c.C.Name
	case *atlas.DropCheck:
		return name + " " + c.C.Name
	case *atlas.ModifyCheck:
		return name + " " + c.To.Name
	default:
		return name
	}
}

var quotedOrDropCheck = regexp.MustCompile("'(?:[^'\\\\]|''|\\\\.)*'|`[^`]*`|\\bDROP CHECK\\b")

// portable rewrites what only MySQL, not MariaDB, understands. The two share a
// folder.
func portable(d config.Dialect, plan *migrate.Plan) {
	if d != config.MySQL {
		return
	}
	for _, c := range plan.Changes {
		c.Cmd = quotedOrDropCheck.ReplaceAllStringFunc(c.Cmd, func(part string) string {
			if part == "DROP CHECK" {
				return "DROP CONSTRAINT"
			}
			return part
		})
	}
}
