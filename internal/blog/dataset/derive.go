package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"regexp"
	"strings"
	"time"
)

// span is over how long the instants of loaded rows are spread.
const span = 5 * 365 * 24 * time.Hour

// digest returns n hexadecimal digits, 64 at most, that depend on text alone.
func digest(text string, n int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:n]
}

// before returns an instant within span before end, in whole seconds, that depends
// on kind and name alone.
func before(end time.Time, kind, name string) time.Time {
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	seconds := binary.BigEndian.Uint64(sum[:8])%uint64(span/time.Second) + 1
	return end.Add(-time.Duration(seconds) * time.Second)
}

var (
	plainSlug  = regexp.MustCompile(`\A[a-z0-9]+(-[a-z0-9]+)*\z`)
	marked     = regexp.MustCompile(`(\A|-)x[0-9a-f]{12}\z`)
	notForSlug = regexp.MustCompile(`[^a-z0-9]+`)
)

// slugOf gives each package name a slug of its own. A name that is a slug stays as
// it is. Others lose what slugs cannot have, which would make libdb and libdb++
// the same, and get a mark that is made of the name: libdb-x1f0c…. A name that
// ends like a mark gets one too, so that no name is the slug of another.
func slugOf(name string) string {
	const longest = 240
	if plainSlug.MatchString(name) && !marked.MatchString(name) && len(name) <= longest {
		return name
	}
	base := notForSlug.ReplaceAllString(strings.ToLower(name), "-")
	base = strings.Trim(base[:min(len(base), longest)], "-")
	return strings.TrimPrefix(base+"-x"+digest(name, 12), "-")
}
