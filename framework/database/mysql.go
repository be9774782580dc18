package database

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/framefox-go/framefox/framework/config"
)

// strictMode makes MySQL refuse what does not fit, instead of cutting it to size.
const strictMode = "'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"

// mysqlFixed are parameters that cannot have another value: what the framework
// promises about times and about counts of rows hangs on them.
func mysqlFixed() map[string]string {
	return map[string]string{"parseTime": "true", "loc": "UTC", "clientFoundRows": "true", "time_zone": "'+00:00'"}
}

// newMySQL prepares a pool for MySQL or MariaDB.
func newMySQL(cfg config.Database) (*pool, error) {
	driverConfig, err := mysqlConfig(cfg)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(driverConfig)
	if err != nil {
		return nil, err
	}
	ender := &mysqlEnder{connector: connector}
	p := newPool(cfg.Pool, func(ctx context.Context) (driver.Conn, error) {
		base, err := connector.Connect(ctx)
		if err != nil {
			return nil, err
		}
		conn := &mysqlConn{mysqlBase: base.(mysqlBase), state: stateOf(base, "status"), dialed: time.Now(), ender: ender}
		if conn.id, err = setUpMySQL(ctx, conn); err != nil {
			return nil, errors.Join(err, conn.mysqlBase.Close())
		}
		return conn, nil
	})
	p.afterClose = ender.running.Wait
	return p, nil
}

// setUpMySQL brings a connection to what the other engines do. READ COMMITTED:
// at MySQL's own default a transaction goes on reading the snapshot of its first
// statement while its updates meet newer rows, so that it takes a change made
// meanwhile for its own. max_sort_length: sorting looks at the first 1,024 bytes
// only, while comparisons look at all; its buffer has to hold 15 such keys of
// each column that is sorted by. Neither can be a parameter of the URL:
// one variable has two names, and the other is part of what pages rely on. It
// returns the id that the server has for the connection.
func setUpMySQL(ctx context.Context, conn mysqlBase) (id uint64, err error) {
	for _, statement := range []string{
		"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
		"SET SESSION max_sort_length = 65536, sort_buffer_size = GREATEST(@@sort_buffer_size, 8388608)",
	} {
		if _, err := conn.ExecContext(ctx, statement, nil); err != nil {
			return 0, fmt.Errorf("database: cannot set up the connection: %w", err)
		}
	}
	if id, err = mysqlNumber(ctx, conn, "SELECT CONNECTION_ID()"); err != nil {
		return 0, fmt.Errorf("database: cannot set up the connection: %w", err)
	}
	return id, nil
}

func mysqlConfig(cfg config.Database) (*mysql.Config, error) {
	u := cfg.URL
	params := map[string]string{
		"charset": cfg.Charset, "collation": cfg.Collation, "sql_mode": strictMode,
		"interpolateParams": "true", // one round trip for each statement
		"timeout":           "10s",
	}
	for name := range u.Params {
		value := u.Params.Get(name)
		fixed, ok := mysqlFixed()[name]
		switch {
		case ok && !strings.EqualFold(value, fixed):
			return nil, fmt.Errorf("database: parameter %s=%q is not possible: it is always %s", name, value, fixed)
		case strings.HasPrefix(name, "ssl"):
			return nil, fmt.Errorf("database: parameter %q is not one of MySQL's driver: use tls=true, skip-verify, preferred or false, and tls-ca=<file>", name)
		case !strings.HasPrefix(name, "tls-"):
			params[name] = value
		}
	}
	maps.Copy(params, mysqlFixed())
	tlsConfig, err := mysqlTLS(u)
	if err != nil {
		return nil, err
	}
	driverConfig, err := mysql.ParseDSN("tcp(localhost)/?" + encodeMySQL(params))
	if err != nil {
		return nil, fmt.Errorf("database: cannot use the parameters of the database URL: %w", err)
	}
	driverConfig.User, driverConfig.Passwd, driverConfig.DBName = u.User, u.Password.Reveal(), u.Database
	driverConfig.Net, driverConfig.Addr = "tcp", net.JoinHostPort(u.Host, strconv.Itoa(u.Port))
	if u.Socket() {
		driverConfig.Net, driverConfig.Addr = "unix", u.Host
	}
	driverConfig.Logger = &mysql.NopLogger{} // what it would log comes as an error as well
	if tlsConfig != nil {
		driverConfig.TLS, driverConfig.TLSConfig = tlsConfig, ""
	}
	if driverConfig.TLS != nil && driverConfig.TLS.ServerName == "" {
		driverConfig.TLS.ServerName = u.Host
	}
	return driverConfig, nil
}

// encodeMySQL writes the parameters as the driver reads them: it does not decode
// a comma.
func encodeMySQL(params map[string]string) string {
	values := url.Values{}
	for name, value := range params {
		values.Set(name, value)
	}
	return strings.ReplaceAll(values.Encode(), "%2C", ",")
}

// mysqlTLS reads tls-ca, tls-cert and tls-key, files in PEM. It returns nil if
// there are none.
func mysqlTLS(u config.URL) (*tls.Config, error) {
	ca, cert, key := u.Params.Get("tls-ca"), u.Params.Get("tls-cert"), u.Params.Get("tls-key")
	for name := range u.Params {
		if strings.HasPrefix(name, "tls-") && name != "tls-ca" && name != "tls-cert" && name != "tls-key" {
			return nil, fmt.Errorf("database: parameter %q is unknown: known are tls, tls-ca, tls-cert and tls-key", name)
		}
	}
	if ca == "" && cert == "" && key == "" {
		return nil, nil //nolint:nilnil // documented above
	}
	if mode := u.Params.Get("tls"); mode != "" && mode != "true" {
		return nil, fmt.Errorf("database: parameter tls=%q contradicts tls-ca, tls-cert and tls-key: leave it out", mode)
	}
	tlsConfig := &tls.Config{ServerName: u.Host, MinVersion: tls.VersionTLS12}
	if ca != "" {
		pem, err := os.ReadFile(ca) //nolint:gosec // the file that the configuration names
		if err != nil {
			return nil, fmt.Errorf("database: cannot read tls-ca: %w", err)
		}
		tlsConfig.RootCAs = x509.NewCertPool()
		if !tlsConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("database: tls-ca %s holds no certificate in PEM", ca)
		}
	}
	if (cert == "") != (key == "") {
		return nil, errors.New("database: tls-cert and tls-key go together")
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("database: cannot load tls-cert and tls-key: %w", err)
		}
		tlsConfig.Certificates = []tls.Certificate{pair}
	}
	return tlsConfig, nil
}
