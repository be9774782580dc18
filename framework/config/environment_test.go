package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/config"
)

// Covers: A02, A03, A16, A38, G43.
func TestPrecedenceOfEnvironmentFiles(t *testing.T) {
	t.Parallel()
	all := files{
		".env":             "A=env\nB=env\nC=env\nD=env\nDATABASE_URL=sqlite:///env.db",
		".env.development": "B=development\nC=development\nD=development",
		".env.production":  "A=production",
		".env.local":       "C=local\nD=local",
		orm:                "database: {url: 'sqlite:///yaml.db'}",
	}
	cfg := mustLoad(t, all, "D=process", "DATABASE_URL=sqlite:///process.db")
	for name, want := range map[string]string{"A": "env", "B": "development", "C": "local", "D": "process"} {
		got, ok := cfg.Lookup(name)
		require.True(t, ok)
		require.Equal(t, want, got, name)
	}
	_, ok := cfg.Lookup("E")
	require.False(t, ok)
	require.Equal(t, []string{".env", ".env.development", ".env.local", orm}, cfg.Files)
	require.Equal(t, filepath.Join(cfg.Root, "process.db"), cfg.Database.URL.Database)
	require.Equal(t, "DATABASE_URL in the environment", cfg.Database.Source)

	cfg = mustLoad(t, all)
	require.Equal(t, filepath.Join(cfg.Root, "env.db"), cfg.Database.URL.Database)
	require.Equal(t, "DATABASE_URL in .env:5", cfg.Database.Source)

	// Empty in the process is "none", whatever a file says.
	cfg = mustLoad(t, all, "DATABASE_URL=")
	require.Equal(t, filepath.Join(cfg.Root, "yaml.db"), cfg.Database.URL.Database)
	require.Equal(t, "database.url in config/orm.yaml:1", cfg.Database.Source)
}

// Covers: A03, G43.
func TestProcessEnvironmentIsTheDefault(t *testing.T) {
	t.Setenv("DATABASE_URL", "sqlite:///process.db")
	root := project(t, files{".env": "DATABASE_URL=sqlite:///file.db\nONLY_IN_THE_FILE=1"})
	cfg, err := config.Load(config.Options{Dir: root})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "process.db"), cfg.Database.URL.Database)
	_, leaked := os.LookupEnv("ONLY_IN_THE_FILE")
	require.False(t, leaked, "Load changes nothing")
}

// Covers: A02.
func TestDotenvSyntax(t *testing.T) {
	t.Parallel()
	content := "\ufeff# a comment\r\n\r\n" +
		"DATABASE_URL=sqlite:///app.db\n" +
		"  INDENTED = spaced out  \n" +
		"export EXPORTED=yes\n" +
		"COMMENT=value # comment\n" +
		"HASH=a#b\nHASH_FIRST=#b\nEMPTY=\nONLY_COMMENT= # comment\n" +
		"DOLLAR=pa$$w$ORD${X}\n" +
		"SINGLE='a \"b\" $C \\n # d' # comment\n" +
		`DOUBLE="a \"b\" \$C \\ \n\t\r \q # d"` + "\n" +
		"LINES=\"one\ntwo\"\n" +
		"EQUALS=a=b=c\n" +
		"LAST=end"
	cfg := mustLoad(t, files{".env": content})
	for name, want := range map[string]string{
		"INDENTED": "spaced out", "EXPORTED": "yes", "COMMENT": "value", "HASH": "a#b", "HASH_FIRST": "#b",
		"EMPTY": "", "ONLY_COMMENT": "", "DOLLAR": "pa$$w$ORD${X}", "SINGLE": `a "b" $C \n # d`,
		"DOUBLE": "a \"b\" $C \\ \n\t\r \\q # d", "LINES": "one\ntwo", "EQUALS": "a=b=c", "LAST": "end",
	} {
		got, ok := cfg.Lookup(name)
		require.True(t, ok, name)
		require.Equal(t, want, got, name)
	}
}

// Covers: A01, A02, A21.
func TestDotenvMistakes(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"# x\nDATABASE_URL=sqlite:///a.db\nDATABASE_URL=sqlite:///b.db": ".env:3: DATABASE_URL: is set twice in one file, first in line 2",
		"A=1\n\nA hunter2\n":           ".env:3: the line is not KEY=VALUE",
		"A='x\ny'\nhunter2":            ".env:3: the line is not KEY=VALUE",
		"A=1\nPASSWORD=\"hunter2\nB=2": ".env:2: PASSWORD: has an opening quote without",
		"PASSWORD='hun'hunter2":        ".env:1: PASSWORD: has text after its closing quote",
		"=hunter2":                     ".env:1: the line is not KEY=VALUE",
		"1A=hunter2":                   ".env:1: the line is not KEY=VALUE",
	} {
		_, err := load(t, files{".env": content})
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

// Covers: A38.
func TestEnvironmentName(t *testing.T) {
	t.Parallel()
	content := files{
		".env":             "DATABASE_URL=sqlite:///app.db",
		".env.development": "WHERE=development",
		".env.testing":     "WHERE=testing",
		".env.production":  "WHERE=production",
		".env.staging":     "WHERE=staging",
	}
	tests := map[string]struct {
		environ    []string
		want       string
		production bool
		source     string
	}{
		"default":  {nil, "development", false, "default"},
		"dev":      {[]string{"APP_ENV=dev"}, "development", false, "APP_ENV in the environment"},
		"test":     {[]string{"APP_ENV=test"}, "testing", false, "APP_ENV in the environment"},
		"prod":     {[]string{"APP_ENV=Prod"}, "production", true, "APP_ENV in the environment"},
		"own name": {[]string{"APP_ENV=staging"}, "staging", true, "APP_ENV in the environment"},
		"both":     {[]string{"APP_ENV=testing", "FRAMEFOX_ENV=production"}, "production", true, "FRAMEFOX_ENV in the environment"},
		"empty":    {[]string{"APP_ENV=testing", "FRAMEFOX_ENV="}, "testing", false, "APP_ENV in the environment"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := mustLoad(t, content, test.environ...)
			require.Equal(t, test.want, cfg.Environment)
			require.Equal(t, test.production, cfg.Production())
			where, _ := cfg.Lookup("WHERE")
			require.Equal(t, test.want, where)
			require.Equal(t, config.Setting{Key: "environment", Value: test.want, Source: test.source}, setting(t, cfg, "environment"))
		})
	}
}

// Covers: A38.
func TestEnvironmentNameInFiles(t *testing.T) {
	t.Parallel()
	base := files{".env": "APP_ENV=testing\nDATABASE_URL=sqlite:///app.db"}
	require.Equal(t, "testing", mustLoad(t, base).Environment)
	require.Equal(t, "production", mustLoad(t, base, "APP_ENV=production").Environment)
	require.Equal(t, "APP_ENV in .env:1", setting(t, mustLoad(t, base), "environment").Source)

	base[".env.local"] = "APP_ENV=staging"
	require.Equal(t, "staging", mustLoad(t, base).Environment)

	base[".env.staging"] = "\nAPP_ENV=production"
	_, err := load(t, base)
	require.ErrorContains(t, err, ".env.staging:2: APP_ENV: names another environment")

	cfg, err := config.Load(config.Options{Dir: project(t, base), Environ: []string{"APP_ENV=testing"}, Environment: "prod"})
	require.NoError(t, err)
	require.Equal(t, "production", cfg.Environment)
}

// Covers: A38.
func TestEnvironmentNameMistakes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"prodution":   "did you mean production?",
		"productions": "did you mean production?",
		"develop1ent": "did you mean development?",
		"../../etc":   "is no name of an environment",
		"a/b":         "is no name of an environment",
		"local":       "taken by the file .env.local",
		"example":     "taken by the file .env.example",
	} {
		_, err := load(t, nil, "APP_ENV="+name)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "APP_ENV")
	}
	cfg := mustLoad(t, files{".env.prod": "A=1", ".env": "DATABASE_URL=sqlite:///app.db"}, "APP_ENV=prod")
	require.Contains(t, cfg.Notices, ".env.prod is not read: rename it to .env.production")
}

// Covers: A04.
func TestRoot(t *testing.T) {
	t.Parallel()
	root := project(t, files{
		orm:                  "database: {url: 'sqlite:///app.db'}",
		"deep/down/file.txt": "",
		".env/bin/python":    "a folder of this name is no .env file",
		"nested/.env":        "DATABASE_URL=sqlite:///nested.db",
	})
	for dir, want := range map[string]string{
		"": "app.db", "deep/down": "app.db", "config": "app.db", "nested": "nested/nested.db",
	} {
		cfg, err := config.Load(config.Options{Dir: filepath.Join(root, dir), Environ: []string{}})
		require.NoError(t, err)
		require.Equal(t, filepath.Join(root, filepath.FromSlash(want)), cfg.Database.URL.Database)
		require.Equal(t, cfg.Database.URL.Database, setting(t, cfg, "database.target").Value, "the resolved path is shown")
	}
	_, err := config.Load(config.Options{Dir: filepath.Join(root, "missing")})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = config.Load(config.Options{Dir: filepath.Join(root, orm)})
	require.ErrorContains(t, err, "is not a folder")
}
