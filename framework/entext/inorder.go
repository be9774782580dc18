package entext

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"regexp"
)

// edgeList finds, in the executable schema, how the edges of a connection are
// marshalled, and the type of their rows.
var edgeList = regexp.MustCompile(`(func marshal\w(\w+)Edge2ᚕ[^{]*\{(?:[^}]|\n\t\})*?)graphql\.MarshalSliceConcurrently\(ctx, len\(v\), \d+, \w+, `)

// marshalInOrder lets the edges of connections be marshalled by
// relay.MarshalSlice, without a goroutine for each. Rows of the types in own
// keep theirs.
func marshalInOrder(file string, own map[string]bool) error {
	if file == "" { // gqlgen was told to write several; they stay as they are
		return nil
	}
	code, err := os.ReadFile(file) //nolint:gosec // generated a moment ago
	if err != nil {
		return fmt.Errorf("entext: cannot read the executable schema: %w", err)
	}
	replaced := false
	code = edgeList.ReplaceAllFunc(code, func(match []byte) []byte {
		parts := edgeList.FindSubmatch(match)
		if own[string(parts[2])] {
			return match
		}
		replaced = true
		return append(bytes.Clone(parts[1]), "relay.MarshalSlice(ctx, len(v), "...)
	})
	if !replaced {
		return nil
	}
	if !bytes.Contains(code, []byte(`"`+relayPackage+`"`)) {
		code = bytes.Replace(code, []byte("import (\n"), []byte("import (\n\t\""+relayPackage+"\"\n"), 1)
	}
	if code, err = format.Source(code); err != nil {
		return fmt.Errorf("entext: cannot read the executable schema: %w", err)
	}
	if err := os.WriteFile(file, code, 0o644); err != nil { //nolint:gosec // source code
		return fmt.Errorf("entext: cannot write the executable schema: %w", err)
	}
	return nil
}
