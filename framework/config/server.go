package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
)

// minSecret is the shortest key that HMAC-SHA256 makes full use of, in bytes.
const minSecret = 32

// Server is how the HTTP server of an application behaves. Load fills every
// field but Secret; the zero value is safe but listens nowhere.
type Server struct {
	Address         string        // host:port to listen on; default 127.0.0.1:8080
	RequestTimeout  time.Duration // longest time for one request; default 10 s
	ShutdownTimeout time.Duration // longest wait for running requests at the end; default 15 s
	MaxBodyBytes    int64         // largest request body; default 1 MiB
	Playground      bool          // serve the GraphQL playground; default only in development
	Introspection   bool          // answer GraphQL introspection; default only in development
	Secret          Secret        // key that signs cursors, 32 bytes or more; "" if none is given
	LogFormat       string        // "auto", "text" or "json"; default auto
	LogLevel        slog.Level    // default info
}

func (l *loader) server() Server {
	development := l.env.name == Development
	server := Server{
		Address:         l.address(),
		RequestTimeout:  10 * time.Second,
		ShutdownTimeout: 15 * time.Second,
		MaxBodyBytes:    1 << 20,
		Playground:      development,
		Introspection:   development,
		Secret:          l.secret(),
		LogFormat:       "auto",
		LogLevel:        slog.LevelInfo,
	}
	if timeout, ok := l.doc.duration("server.request_timeout", false); ok {
		server.RequestTimeout = timeout
	}
	if timeout, ok := l.doc.duration("server.shutdown_timeout", false); ok {
		server.ShutdownTimeout = timeout
	}
	if size, ok := l.doc.integer("server.max_body_bytes", 1, 1<<30); ok {
		server.MaxBodyBytes = int64(size)
	}
	if on, ok := l.doc.boolean("server.playground"); ok {
		server.Playground = on
	}
	if on, ok := l.doc.boolean("server.introspection"); ok {
		server.Introspection = on
	}
	if format, ok := l.doc.oneOf("server.log_format", "auto", "text", "json"); ok {
		server.LogFormat = format
	}
	if word, ok := l.doc.oneOf("server.log_level", "debug", "info", "warn", "error"); ok {
		// oneOf admits only words that UnmarshalText knows.
		_ = server.LogLevel.UnmarshalText([]byte(word))
	}
	return server
}

// address is FRAMEFOX_ADDR, or server.address with PORT, where set, in place of
// its port.
func (l *loader) address() string {
	host, port := "127.0.0.1", "8080"
	l.addressSource = l.doc.source("server.address")
	if text, ok := l.doc.text("server.address"); ok {
		var err error
		if host, port, err = splitAddress(text); err != nil {
			l.doc.mismatch(l.doc.values["server.address"], err.Error())
		}
	}
	for _, name := range []string{"PORT", "FRAMEFOX_ADDR"} {
		value, _ := l.env.lookup(name)
		if value == "" {
			continue
		}
		if name == "PORT" {
			value = net.JoinHostPort(host, value)
		}
		newHost, newPort, err := splitAddress(value)
		if err != nil {
			v := l.env.variables[name]
			want := err.Error()
			if name == "PORT" {
				want = "a number from 0 to 65535"
			}
			l.problem(&Error{Key: name, File: v.file, Line: v.line, Reason: "is not " + want})
			continue
		}
		host, port = newHost, newPort
		l.addressSource = l.env.source(name)
	}
	return net.JoinHostPort(host, port)
}

// splitAddress validates host:port. An empty host is every interface, port 0 a
// free one. The error completes "is not …".
func splitAddress(text string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(strings.TrimSpace(text))
	number, notNumber := strconv.Atoi(port)
	if err != nil || notNumber != nil || number < 0 || number > 65535 || (host != "" && checkHost(host) != nil) || strings.HasPrefix(host, "/") {
		return "", "", errors.New("an address host:port, such as 127.0.0.1:8080 or :8080")
	}
	return host, strconv.Itoa(number), nil
}

// secret is APP_SECRET, or else server.secret.
func (l *loader) secret() Secret {
	var secret Secret
	secret, l.secretSource = l.key("APP_SECRET", "server.secret")
	return secret
}

// key is the secret in a variable, or else in the file.
func (l *loader) key(variableName, key string) (secret Secret, source string) {
	text, _ := l.env.lookup(variableName)
	v := l.env.variables[variableName]
	at := Error{Key: variableName, File: v.file, Line: v.line}
	source = l.env.source(variableName)
	if text == "" {
		s := l.doc.values[key]
		text, _ = l.doc.text(key)
		at = Error{Key: key, File: ormFile, Line: s.line}
		source = l.doc.source(key)
		l.checkLiteral(s, text != "" && l.masked(s) != "")
	}
	if text != "" && len(text) < minSecret {
		at.Reason = fmt.Sprintf("is shorter than %d bytes", minSecret)
		at.Hint = "make one with: openssl rand -hex 32"
		l.problem(&at)
	}
	return Secret(text), source
}
