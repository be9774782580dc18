package monitor

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
)

// Guard lets only those to a handler who may know how the application does: with
// a secret whoever sends it as "Authorization: Bearer …"; without one whoever
// calls from this machine, by its local name and not through a proxy, which
// would speak for others. Everybody else gets 403, or 401 to ask for the secret.
func Guard(secret config.Secret, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		switch {
		case secret != "" && !bears(r, secret):
			header.Set("WWW-Authenticate", `Bearer realm="monitor"`)
			http.Error(w, "this address wants the secret of the monitor: Authorization: Bearer …", http.StatusUnauthorized)
		case secret == "" && !local(r):
			http.Error(w, "this address answers on the machine itself only; set monitor.secret to open it", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func bears(r *http.Request, secret config.Secret) bool {
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret.Reveal()))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// local reports whether a request comes from this machine for this machine. A
// page of another site can make a browser call here by a name of its own, and
// then that name is the host.
func local(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "none" && site != "same-origin" {
		return false
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	remote, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && loopback(remote) && (strings.EqualFold(host, "localhost") || loopback(strings.Trim(host, "[]")))
}

func loopback(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.Unmap().IsLoopback()
}
