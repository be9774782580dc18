package migration

import "fmt"

// PlanEmpty returns a migration, and the file that undoes it, that hold only
// comments: what to write. No server is needed.
func PlanEmpty(cfg PlanConfig) (*Planned, error) {
	p, err := newPlanned(cfg)
	if err != nil {
		return nil, err
	}
	p.Content = withHeader(p.header(), []byte(emptyUp))
	p.DownContent = withHeader(p.downHeader(nil, ""), fmt.Appendf(nil, emptyDown, headIrreversible))
	return p, nil
}

const emptyUp = `-- Write the statements that make the change here, each ended by a semicolon.
-- Then refresh the checksums: framefox database rehash
`

const emptyDown = `-- Write the statements that undo the change here. If nothing can undo it, say
-- why in a line of the header above that begins with "-- %s:".
-- Then refresh the checksums: framefox database rehash
`
