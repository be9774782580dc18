package config

import (
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// ParseURL reads a database URL:
//
//	sqlite:///app.db                     a file, relative to root
//	sqlite:////var/data/app.db           a file, absolute
//	sqlite:///:memory:, sqlite://        in memory
//	postgres://user:pass@host:5432/name  also postgresql://
//	mysql://user:pass@host:3306/name     also mariadb://
//
// Credentials, names and parameters are percent-decoded exactly once. A Unix
// socket is given as ?host=/path, as an encoded host (%2Fpath) or, for MySQL, as
// unix(/path). ?driver=pq or pgx picks the driver of PostgreSQL. A suffix such as
// +psycopg2 or +pymysql is dropped with a line in Notices.
//
// The error is an *Error. It never repeats the user, the password, nor anything
// that could be a piece of a password that was not percent-encoded.
func ParseURL(raw, root string) (URL, error) {
	raw = strings.TrimSpace(raw)
	scheme, rest, found := strings.Cut(raw, "://")
	switch {
	case raw == "":
		return URL{}, urlError("is empty", "write for example sqlite:///app.db")
	case strings.HasPrefix(raw, `"`), strings.HasPrefix(raw, `'`):
		return URL{}, urlError("begins with a quotation mark", "remove the quotes around it")
	case !found:
		return URL{}, urlError("is not a URL: it has no ://", "write for example sqlite:///app.db or postgres://user:password@host:5432/name")
	}
	parsed, err := parseScheme(scheme)
	if err != nil {
		return URL{}, err
	}
	u := draft{parsed}
	if err := checkCharacters(rest, u.Dialect); err != nil {
		return URL{}, err
	}
	body, query, _ := strings.Cut(rest, "?")
	if u.Dialect == SQLite {
		err = u.parseFile(body, root)
	} else {
		err = u.parseServer(body, query)
	}
	if err != nil {
		return URL{}, err
	}
	if err := u.parseQuery(query); err != nil {
		return URL{}, err
	}
	if u.Dialect == SQLite {
		return u.URL, nil
	}
	u.fillServer()
	if err := u.checkServer(); err != nil {
		return URL{}, err
	}
	return u.URL, nil
}

// draft is a URL in the making.
type draft struct{ URL }

func urlError(reason, hint string) *Error {
	return &Error{Key: "database URL", Reason: reason, Hint: hint}
}

// errUnencoded is the answer to a URL that only makes sense if a password was
// pasted into it as it is.
func errUnencoded() *Error {
	return urlError("cannot be read: the user or the password seems to hold one of @ : / ? # unencoded",
		"percent-encode it: @ is %40, : is %3A, / is %2F, ? is %3F, # is %23, % is %25")
}

func checkCharacters(rest string, dialect Dialect) error {
	for _, r := range rest {
		if r < ' ' || r == 0x7f {
			return urlError("holds a control character", "percent-encode it, or remove it")
		}
	}
	switch {
	case strings.Contains(rest, "${"):
		return urlError("holds ${…}, which was not replaced", "variables are replaced in config/orm.yaml only; elsewhere write the value, and percent-encode $ { } as %24 %7B %7D if they are part of it")
	case strings.Contains(rest, "#") && dialect == SQLite:
		return urlError("holds #", "write # as %23")
	case strings.Contains(rest, "#"):
		return errUnencoded()
	case dialect != SQLite && strings.ContainsAny(rest, " \"<>\\^`{}|"):
		return urlError("holds a character that a URL cannot hold", `percent-encode spaces and any of " < > \ ^ { } |`)
	}
	return nil
}

// decode undoes percent-encoding once. Its error names the part, not the text.
func decode(text, part string) (string, error) {
	decoded, err := url.PathUnescape(text)
	if err != nil {
		return "", urlError("the "+part+" holds a % that begins no percent-encoded byte", "write % itself as %25")
	}
	if strings.ContainsRune(decoded, 0) {
		return "", urlError("the "+part+" holds a zero byte", "remove %00")
	}
	return decoded, nil
}

// parseFile reads what follows sqlite:// up to the query.
func (u *draft) parseFile(body, root string) error {
	if body == "" || body == memoryPath {
		return u.setFile(memoryPath, root)
	}
	path, slash := strings.CutPrefix(body, "/")
	if !slash {
		return urlError("has two slashes after sqlite:", "write three before a relative file, sqlite:///app.db, four before an absolute one, sqlite:////var/data/app.db")
	}
	path, err := decode(path, "file name")
	if err != nil {
		return err
	}
	return u.setFile(path, root)
}

// setFile points u at a SQLite file, relative to root unless absolute, or at
// memory.
func (u *draft) setFile(path, root string) error {
	switch {
	case path == memoryPath:
		u.Memory, u.Database = true, memoryPath
		return nil
	case path == "" || strings.HasSuffix(path, "/"):
		return urlError("names no SQLite file", "write for example sqlite:///app.db, or sqlite:///:memory: for a database in memory")
	}
	if path = filepath.FromSlash(path); !filepath.IsAbs(path) {
		path = filepath.Join(root, path)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("config: cannot resolve the SQLite file: %w", err)
	}
	u.Database = absolute
	return nil
}

// parseQuery fills Params and lifts out of it what a field of u holds.
func (u *draft) parseQuery(query string) error {
	params, err := url.ParseQuery(query)
	if err != nil {
		return urlError("the parameters after ? cannot be read", "write ?name=value&name=value, percent-encoded, without semicolons")
	}
	// An @ may mean that this is the rest of a password: then names are not shown.
	mayShow := !strings.Contains(query, "@")
	for _, name := range slices.Sorted(maps.Keys(params)) {
		shown := ""
		if mayShow {
			shown = fmt.Sprintf(" %q", name)
		}
		if name == "" {
			return urlError("holds a parameter without a name", "write ?name=value")
		}
		// SQLite runs each _pragma; any other name means one thing.
		if len(params[name]) > 1 && name != "_pragma" {
			return urlError("gives the parameter"+shown+" more than once", "keep one")
		}
	}
	u.Params = params
	if err := u.liftDriver(); err != nil {
		return err
	}
	return u.liftServer()
}

func (u *draft) liftDriver() error {
	if !u.Params.Has("driver") {
		return nil
	}
	driver := u.Params.Get("driver")
	if u.Dialect != Postgres || (driver != driverPGX && driver != driverPQ) {
		return urlError("asks for an unknown driver", "only PostgreSQL has a choice: ?driver=pgx (the default) or ?driver=pq")
	}
	if u.Driver != "" && u.Driver != driver {
		return urlError("asks for two different drivers", "keep ?driver= or the suffix of the scheme")
	}
	u.Driver = driver
	u.Params.Del("driver")
	return nil
}
