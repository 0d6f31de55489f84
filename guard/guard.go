// Package guard refuses requests of web pages of other sites. Such a page runs in a
// browser on this machine and may send requests to a service here. If its host name
// is made to point at this machine (DNS rebinding), it may read the answers too.
package guard

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Guard decides which requests a service accepts. The zero value accepts requests
// whose host is this machine: localhost, a loopback address, the address that the
// request was sent to, or the machine's own name.
type Guard struct {
	// Hosts are further names by which people reach the service, without ports: a
	// proxy's, for example.
	Hosts []string
	// Origins are pages elsewhere that may use it, such as http://127.0.0.1:8233.
	Origins []string
	// Refuse answers what is not let in; nil answers in plain text.
	Refuse func(w http.ResponseWriter, status int, problem string)
}

// Handler passes a request to next if its host is one of this machine's names (else
// 421), and if it comes from no page or from one of the service's own pages (else
// 403).
func (g Guard) Handler(next http.Handler) http.Handler {
	refuse := g.Refuse
	if refuse == nil {
		refuse = func(w http.ResponseWriter, status int, problem string) { http.Error(w, problem, status) }
	}
	own, _ := os.Hostname() // a machine without a name has its addresses
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
		switch {
		case !g.names(r, own):
			refuse(w, http.StatusMisdirectedRequest, fmt.Sprintf("this is not %q: ask for localhost, 127.0.0.1, or a name that stands under hosts in the configuration", r.Host))
		case origin != "" && !g.ours(r, origin):
			refuse(w, http.StatusForbidden, fmt.Sprintf("a page of %q may not use this service", origin))
		case origin == "" && site == "cross-site" && !safe(r.Method):
			refuse(w, http.StatusForbidden, "a page elsewhere may not use this service")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// names tells whether the host of a request is this machine.
func (g Guard) names(r *http.Request, own string) bool {
	host := hostname(r.Host)
	if Loopback(r.Host) || own != "" && strings.EqualFold(host, own) || g.named(host) {
		return true
	}
	at, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && at.IP.Equal(net.ParseIP(host))
}

func (g Guard) named(host string) bool {
	return host != "" && slices.ContainsFunc(g.Hosts, func(name string) bool { return strings.EqualFold(name, host) })
}

// ours tells whether a page of that origin is the service's own.
func (g Guard) ours(r *http.Request, origin string) bool {
	if slices.Contains(g.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && (strings.EqualFold(u.Host, r.Host) || g.named(hostname(u.Host)))
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// hostname is a host without its port.
func hostname(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	return strings.TrimSuffix(host, ".")
}

// Loopback tells whether only this machine can reach the address, with or
// without a port. A name other than localhost may mean anything.
func Loopback(address string) bool {
	host := hostname(address)
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}
