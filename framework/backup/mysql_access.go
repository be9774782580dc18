package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// mysqlAccess is the file that tells a program of MySQL how to reach the server.
// Nobody but its owner can read it, which arguments could be by all.
type mysqlAccess struct {
	dir     string
	mariadb bool // the program is one of MariaDB, whose options differ
}

func newMySQLAccess(ctx context.Context, u config.URL, t tool) (*mysqlAccess, error) {
	version, err := t.version(ctx)
	if err != nil {
		return nil, err
	}
	a := &mysqlAccess{mariadb: strings.Contains(version, "MariaDB")}
	if a.dir, err = os.MkdirTemp("", database.ScratchPrefix); err != nil {
		return nil, fmt.Errorf("backup: cannot make a temporary folder: %w", err)
	}
	if err := os.WriteFile(a.file(), []byte(a.options(u)), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("backup: cannot write a temporary file: %w", err), a.remove())
	}
	return a, nil
}

func (a *mysqlAccess) file() string { return filepath.Join(a.dir, "client.cnf") }

// argument has to be the program's first one. The user's own files of options are
// not read.
func (a *mysqlAccess) argument() string { return "--defaults-file=" + a.file() }

func (a *mysqlAccess) remove() error {
	if a == nil {
		return nil
	}
	if err := os.RemoveAll(a.dir); err != nil {
		return fmt.Errorf("backup: cannot remove a temporary file, which holds the password of the database: %w", err)
	}
	return nil
}

func (a *mysqlAccess) options(u config.URL) string {
	var b strings.Builder
	set := func(name, value string) {
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(value)
		b.WriteString(name + `="` + quoted + "\"\n")
	}
	b.WriteString("[client]\n")
	if u.User != "" {
		set("user", u.User)
	}
	if password := u.Password.Reveal(); password != "" {
		set("password", password)
	}
	if u.Socket() {
		set("socket", u.Host)
		set("protocol", "socket")
	} else {
		set("host", u.Host)
		set("port", strconv.Itoa(u.Port))
		set("protocol", "tcp")
	}
	for _, name := range []string{"ca", "cert", "key"} {
		if value := u.Params.Get("tls-" + name); value != "" {
			set("ssl-"+name, value)
		}
	}
	b.WriteString(a.encryption(u))
	return b.String()
}

// encryption says in the words of the program what the tls of the URL says.
func (a *mysqlAccess) encryption(u config.URL) string {
	mode := u.Params.Get("tls")
	if mode == "" && u.Params.Get("tls-ca")+u.Params.Get("tls-cert") != "" {
		mode = "true"
	}
	switch {
	case u.Socket():
		return ""
	case mode == "true" && a.mariadb:
		return "ssl\nssl-verify-server-cert\n"
	case mode == "true":
		return "ssl-mode=VERIFY_IDENTITY\n"
	case mode == "skip-verify" && a.mariadb:
		return "ssl\nskip-ssl-verify-server-cert\n"
	case mode == "skip-verify":
		return "ssl-mode=REQUIRED\n"
	case mode == "preferred" && a.mariadb:
		return "skip-ssl-verify-server-cert\n"
	case mode == "preferred":
		return "ssl-mode=PREFERRED\n"
	case a.mariadb:
		return "skip-ssl\n"
	default:
		return "ssl-mode=DISABLED\nget-server-public-key\n"
	}
}

// mysqlTool finds the program that dumps, or else the client: those of the
// server's own maker first.
func mysqlTool(ctx context.Context, db *database.DB, dump bool) (tool, error) {
	var version string
	if err := db.SQL().QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return tool{}, fmt.Errorf("backup: cannot read the version of the server: %w", err)
	}
	names := []string{"mysql", "mariadb"}
	if dump {
		names = []string{"mysqldump", "mariadb-dump"}
	}
	pkg := "the package mysql-client (or default-mysql-client)"
	if strings.Contains(version, "MariaDB") {
		names[0], names[1] = names[1], names[0]
		pkg = "the package mariadb-client (or default-mysql-client)"
	}
	path, err := find(names, pkg, "/usr/local/bin", "/usr/local/mysql/bin", "/opt/homebrew/bin", "/opt/homebrew/opt/mysql-client/bin")
	return tool{path: path}, err
}
