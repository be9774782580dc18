// Package config loads the configuration of an application: which environment it
// runs in, which database it uses and how its server behaves.
//
// One URL is enough:
//
//	DATABASE_URL=sqlite:///app.db
//
// It may stand in the process environment, or in a .env file of the project:
//
//	.env                 for everyone
//	.env.<environment>   for one environment: .env.production
//	.env.local           for one machine, never committed
//
// Later files win over earlier ones, and the process environment wins over all of
// them. The environment is FRAMEFOX_ENV or APP_ENV, development if neither is set.
//
// config/orm.yaml holds the rest, and is optional:
//
//	database:
//	  url: ${DATABASE_URL:-sqlite:///app.db}
//	  pool_size: 20
//	server:
//	  address: 127.0.0.1:8080
//
// Its values may hold ${NAME}, ${NAME:-default} and ${NAME-default}; $$ is a $.
// The database is chosen by, in this order, DATABASE_URL, database.url, the
// detailed keys (database.driver, host, port, username, password, database) and
// the default that the application passes to Load:
//
//	cfg, err := config.Load(config.Options{DefaultURL: "sqlite:///app.db"})
//
// Load reports every problem at once, each with its file and line: unknown keys,
// wrong types, values out of range. What was given but has no effect is in
// Config.Notices, what is legal but unwise in Config.Warnings, and where each value
// came from in Config.Describe. No error, notice, warning or printed value shows a
// password: Secret and URL redact themselves.
package config
