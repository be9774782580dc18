package config_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/framefox-go/framefox/framework/config"
)

func ExampleParseURL() {
	u, err := config.ParseURL("postgresql+psycopg2://shop:p%40ss@db.example.org/shop?sslmode=require", "/srv/shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u)
	fmt.Println(u.Target(), u.Password.Reveal())
	fmt.Println(u.Notices[0])
	// Output:
	// postgres://shop:xxxxx@db.example.org:5432/shop?sslmode=require
	// db.example.org:5432/shop p@ss
	// the driver suffix +psycopg2 of the database URL is ignored: the postgres driver is built in
}

func ExampleParseURL_unencoded() {
	_, err := config.ParseURL("mysql://shop:p@ss@db.example.org/shop", "")
	fmt.Println(err)
	// Output:
	// config: database URL: cannot be read: the user or the password seems to hold one of @ : / ? # unencoded; percent-encode it: @ is %40, : is %3A, / is %2F, ? is %3F, # is %23, % is %25
}

func ExampleLoad() {
	root, err := os.MkdirTemp("", "app")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(root) }()
	if err := os.WriteFile(filepath.Join(root, ".env"), []byte("DATABASE_URL=postgres://shop:secret@db/shop\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	cfg, err := config.Load(config.Options{Dir: root, Environ: []string{"APP_ENV=production", "PORT=80"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cfg.Environment, cfg.Database.URL, "from", cfg.Database.Source)
	fmt.Println(cfg.Server.Address)
	fmt.Println(cfg.Warnings()[0])
	// Output:
	// production postgres://shop:xxxxx@db:5432/shop from DATABASE_URL in .env:1
	// 127.0.0.1:80
	// the connection to db:5432/shop is not encrypted: add ?sslmode=verify-full, or at least sslmode=require, to the database URL
}

func ExampleSecret() {
	password := config.Secret("hunter2")
	fmt.Printf("%s %q %#v\n", password, password, password)
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	log.Info("connecting", "password", password)
	fmt.Println(password.Reveal())
	// Output:
	// [redacted] "[redacted]" config.Secret("[redacted]")
	// level=INFO msg=connecting password=[redacted]
	// hunter2
}
