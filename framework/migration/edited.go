package migration

import (
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// edited is a migration whose file was changed after it was applied.
type edited struct {
	rev  *migrate.Revision
	file migrate.File
}

// edited lists the migrations that were changed after they were applied.
// Revisions of Framefox carry the hash of their file. Those of the stock atlas
// carry a hash of all files up to theirs, so that only the first one that
// differs is edited for sure, and none behind a file that came or went.
func (h *history) edited() (list []edited) {
	sums, err := h.all.mem.Checksum()
	if err != nil {
		return nil // the folder was verified, so it has checksums
	}
	certain := true
	for _, f := range h.all.files {
		rev := h.revision(f.Version())
		if rev == nil {
			certain = certain && isCheckpoint(f)
			continue
		}
		if partial(rev) || rev.Hash == "" {
			continue
		}
		if isCheckpoint(f) && rev.Description != f.Desc() { // applied before it was squashed
			certain = false
			continue
		}
		different := false
		if _, own := strings.CutPrefix(rev.OperatorVersion, operatorName+" h1:"); own {
			different = rev.OperatorVersion != operator(f)
		} else if sum, err := sums.SumByName(f.Name()); err == nil && certain {
			different = sum != rev.Hash
		}
		if different {
			list = append(list, edited{rev: rev, file: f})
			certain = false
		}
	}
	return list
}
