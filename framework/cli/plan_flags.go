package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
)

// planFlags are the flags of create-migration.
type planFlags struct {
	all      bool
	dialects []string
	devURLs  []string
}

// servers are the dialects to work for, each with the server for its scratch
// databases, and the configuration that they come from.
func (f planFlags) servers(cmd *cobra.Command, env *Env) (*config.Config, []config.Database, error) {
	cfg, err := env.Config()
	if err != nil {
		return nil, nil, err
	}
	given, err := f.urls(cfg.Root)
	if err != nil {
		return nil, nil, &UsageError{Command: cmd.CommandPath(), Err: err}
	}
	dialects, err := f.chosen(cfg.Database.URL.Dialect)
	if err != nil {
		return nil, nil, &UsageError{Command: cmd.CommandPath(), Err: err}
	}
	servers := make([]config.Database, len(dialects))
	for i, d := range dialects {
		url, ok := given[d]
		if !ok {
			if url, err = devServer(cfg, d); err != nil {
				return nil, nil, err
			}
		}
		servers[i] = config.Database{URL: url}.WithDefaults()
	}
	return cfg, servers, nil
}

// urls reads --dev-url.
func (f planFlags) urls(root string) (map[config.Dialect]config.URL, error) {
	given := map[config.Dialect]config.URL{}
	for _, text := range f.devURLs {
		dialect, raw, ok := strings.Cut(text, "=")
		if !ok || !slices.Contains(everyDialect(), config.Dialect(dialect)) {
			return nil, errors.New("--dev-url wants dialect=url, such as postgres=postgres://root@localhost/postgres")
		}
		url, err := config.ParseURL(raw, root)
		switch {
		case err != nil:
			return nil, fmt.Errorf("--dev-url for %s: %w", dialect, err)
		case url.Dialect != config.Dialect(dialect):
			return nil, fmt.Errorf("--dev-url for %s has a URL of %s", dialect, url.Dialect)
		case url.Password != "":
			return nil, fmt.Errorf("--dev-url for %s holds a password, which other users of the machine can see; set %s instead", dialect, devVariable(url.Dialect))
		}
		given[url.Dialect] = url
	}
	return given, nil
}

// chosen reads --all and --dialect.
func (f planFlags) chosen(configured config.Dialect) (dialects []config.Dialect, err error) {
	switch {
	case f.all:
		return everyDialect(), nil
	case len(f.dialects) == 0:
		return []config.Dialect{configured}, nil
	}
	for _, name := range f.dialects {
		d := config.Dialect(name)
		if !slices.Contains(everyDialect(), d) {
			return nil, fmt.Errorf("unknown dialect %q: use sqlite, postgres or mysql", name)
		}
		if !slices.Contains(dialects, d) {
			dialects = append(dialects, d)
		}
	}
	return dialects, nil
}

func everyDialect() []config.Dialect {
	return []config.Dialect{config.SQLite, config.Postgres, config.MySQL}
}

// devServer is where scratch databases are made if no flag says so.
func devServer(cfg *config.Config, d config.Dialect) (config.URL, error) {
	if raw, _ := cfg.Lookup(devVariable(d)); raw != "" {
		url, err := config.ParseURL(raw, cfg.Root)
		if err == nil && url.Dialect != d {
			err = fmt.Errorf("it is a URL of %s", url.Dialect)
		}
		if err != nil {
			return config.URL{}, fmt.Errorf("%s: %w", devVariable(d), err)
		}
		return url, nil
	}
	switch d {
	case cfg.Database.URL.Dialect:
		return cfg.Database.URL, nil
	case config.SQLite:
		return config.URL{Dialect: config.SQLite}, nil
	default:
		return config.URL{}, fmt.Errorf("planning for %s needs a %s server for scratch databases: name one with --dev-url %s=… or %s", d, d, d, devVariable(d))
	}
}

func devVariable(d config.Dialect) string {
	return "FRAMEFOX_DEV_" + strings.ToUpper(string(d)) + "_URL"
}

// suffix names the dialect where there are several.
func suffix(servers []config.Database, d config.Dialect) string {
	if len(servers) == 1 {
		return ""
	}
	return " (" + string(d) + ")"
}
