package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// Covers: A13.
func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := loadYAML(t, `
databse: {}
database:
  driver: sqlite
  pool_sise: 20
  pool_size: many
  pool_size: 3
  frobnicate: 1
  logging: {echo: true}
server:
  logformat: x
  log_level: loud
`)
	var lines []int
	for _, problem := range problems(t, err) {
		require.Equal(t, orm, problem.File)
		lines = append(lines, problem.Line)
	}
	require.ElementsMatch(t, []int{2, 5, 6, 7, 8, 9, 11, 12}, lines)
	for _, text := range []string{
		"config: config/orm.yaml:2: databse: unknown key; did you mean database?",
		"config: config/orm.yaml:5: database.pool_sise: unknown key; did you mean pool_size?",
		"config/orm.yaml:7: database.pool_size: is given twice, first in line 6",
		"database.frobnicate: unknown key; known: url, driver",
		"database.logging.echo: unknown key; known: echo_sql",
		"server.logformat: unknown key; did you mean log_format?",
		`server.log_level: "loud" is not one of debug, info, warn, error`,
	} {
		require.ErrorContains(t, err, text)
	}
}

// Covers: A13, A21.
func TestBrokenYAML(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"database:\n  url: 'x\n":                    "config: config/orm.yaml:",
		"database:\n  password: *hunter2":           "is not valid YAML: unknown anchor … referenced",
		"database:\n\tpassword: hunter2":            "is not valid YAML",
		"database: [hunter2]":                       "config/orm.yaml:1: database: is not a mapping",
		"- hunter2":                                 "is not a mapping",
		"hunter2":                                   "is not a mapping",
		"database: {password: !!binary {a: b}}":     "database.password: is not a single value",
		"a: &a [*a]":                                "unknown key",
		"database: &d {logging: *d, driver: x}":     "",
		"database: {<<: {driver: sqlite}}":          "unknown key",
		"? [a, b]\n: c":                             "unknown key",
		"database: {url: \"\\uD800\"}\n\x00hunter2": "is not valid YAML",
	} {
		_, err := loadYAML(t, yaml)
		require.ErrorContains(t, err, want, yaml)
		require.NotErrorIs(t, err, config.ErrNoDatabase, "a mistake in the file is not the lack of a database")
		require.NotContains(t, err.Error(), "hunter2", yaml)
	}
}

// Covers: A13.
func TestYAMLIsOptional(t *testing.T) {
	t.Parallel()
	cfg := mustLoad(t, nil, "DATABASE_URL=sqlite:///a.db")
	require.Empty(t, cfg.Files)
	cfg = mustLoad(t, files{"config/orm.yml": "database: {}"}, "DATABASE_URL=sqlite:///a.db")
	require.Contains(t, cfg.Notices, "config/orm.yml is not read: rename it to config/orm.yaml")
	cfg, err := loadYAML(t, "x: &size 5\n", "DATABASE_URL=sqlite:///a.db")
	require.Error(t, err)
	require.Nil(t, cfg)
	cfg, err = loadYAML(t, "database:\n  driver: sqlite\n  pool_size: &size 5\n  max_overflow: *size\n  password: ~\n  params: {}\n  logging:")
	require.NoError(t, err)
	require.Equal(t, 5, cfg.Database.Pool.MaxOverflow)
}

// Covers: A14, A15.
func TestExpand(t *testing.T) {
	t.Parallel()
	variables := map[string]string{"SET": "value", "EMPTY": "", "TRICKY": "${SET} $$ }"}
	lookup := func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
	for text, want := range map[string]string{
		"": "", "plain": "plain", "$": "$", "a$b": "a$b", "$SET": "$SET", "$$": "$", "$$$$": "$$", "$${SET}": "${SET}",
		"${SET}": "value", "a${SET}b${SET}": "avaluebvalue", "$$${SET}": "$value",
		"${NONE}": "", "${EMPTY}": "",
		"${NONE:-x}": "x", "${EMPTY:-x}": "x", "${SET:-x}": "value", "${NONE:-}": "",
		"${NONE-x}": "x", "${EMPTY-x}": "", "${SET-x}": "value", "${NONE--1}": "-1", "${NONE:--1}": "-1",
		"${NONE:-a:b-c}": "a:b-c", "${NONE:-$$}": "$", "${NONE:-${SET}}": "value", "${NONE:-a${NONE:-b${SET}}c}d": "abvaluecd",
		"${NONE:-a{b}": "a{b", "}": "}", "{SET}": "{SET}",
		"${TRICKY}": "${SET} $$ }", "${NONE:-${TRICKY}}": "${SET} $$ }",
	} {
		got, _, _, err := config.Expand(text, lookup)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"${", "${SET", "${NONE:-${SET}", "${}", "${1}", "${:-x}", "${SET:x}", "${SET?x}", "${A B}", "${-x}"} {
		_, _, _, err := config.Expand(text, lookup)
		require.Error(t, err, text)
	}
	_, vars, unset, err := config.Expand("${SET} ${NONE} ${OTHER:-${EMPTY}} ${NONE:-${GONE}}", lookup)
	require.NoError(t, err)
	require.Equal(t, []string{"SET", "NONE", "OTHER", "EMPTY", "NONE", "GONE"}, vars)
	require.Equal(t, []string{"NONE", "GONE"}, unset)
}

// A password is data: it cannot end a quote, add a key or be expanded again.
//
// Covers: A15, A21.
func TestVariablesCannotBreakOutOfYAML(t *testing.T) {
	t.Parallel()
	for _, password := range []string{
		"\"\n  host: evil", "'", "#", ": {", "*x", "&x", "!x", "%", "| >", "- a", "~", "null", "true", "0123", "${HOST}", "$$", " padded ", "\t",
	} {
		cfg, err := loadYAML(t, "database:\n  driver: postgres\n  database: d\n  password: ${PW}\n  host: ${HOST}", "PW="+password, "HOST=h")
		require.NoError(t, err, password)
		require.Equal(t, password, cfg.Database.URL.Password.Reveal())
		require.Equal(t, "h", cfg.Database.URL.Host)
	}
}
