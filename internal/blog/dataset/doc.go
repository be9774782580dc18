// Package dataset fills the database of the blog: with the package index of a
// Debian system, which is real data of some size, or with generated data in
// which every report has something to show.
//
//	index, err := dataset.AptIndex(ctx)
//	if err != nil {
//		return err // ErrNoIndex where there is none
//	}
//	defer index.Close()
//	report, err := dataset.Load(ctx, client, dataset.Packages(index), dataset.Options{})
//
//	report, err := dataset.Generate(ctx, client, dataset.GenerateOptions{Scale: 10})
//
// Both write in batches through the generated client, so all of its rules hold,
// and each batch is one transaction. Both may be repeated: a row that is there
// already, recognised by what identifies it (an e-mail address, a slug, a name),
// is left as it is, even when it was deleted softly. Both stop after the current
// batch when their context ends, and the next run takes up from there.
//
// # The index
//
// A maintainer becomes a user, who cannot log in, with a profile. A package
// becomes a published post, its section and debtags become tags:
//
//	Package: apt                                      title and slug
//	Maintainer: APT Team <deity@lists.debian.org>     author
//	Section: admin                                    category, tag section::admin
//	Description: commandline package manager          excerpt, content
//	Tag: admin::package-management, role::program     tags
//
// Nothing of it depends on when or where it is loaded: instants are derived from
// names, and lie in the years before Clock.
package dataset

import "time"

// Clock is the fixed instant at which data sets end unless told otherwise.
//
//nolint:gochecknoglobals // a constant, which Go cannot say of a time
var Clock = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
