package avfallsregistret

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// answer is what goes back to the caller; effect says that the records changed.
type answer struct {
	status      int
	contentType string
	retryAfter  string
	body        []byte
	effect      bool
	lost        bool
}

const jsonType = "application/json; charset=utf-8"

func jsonAnswer(status int, value any) *answer {
	body, err := json.Marshal(value)
	if err != nil {
		return &answer{status: http.StatusInternalServerError}
	}
	return &answer{status: status, contentType: jsonType, body: body}
}

// write sends the answer; a lost one ends the connection without a byte.
func (a *answer) write(w http.ResponseWriter) {
	if a.lost {
		panic(http.ErrAbortHandler)
	}
	if a.contentType != "" {
		w.Header().Set("Content-Type", a.contentType)
	}
	if a.retryAfter != "" {
		w.Header().Set("Retry-After", a.retryAfter)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a caller that has gone away sees nothing either way
}

// gateway words an error of the gateway in the format of the options, after the conventions of WSO2.
func (r *Registry) gateway(status, code int, message string) *answer {
	switch r.options.GatewayErrors {
	case JSON:
		return jsonAnswer(status, map[string]any{
			"fault": map[string]any{"code": code, "message": message, "description": message},
		})
	case HTML:
		return htmlAnswer(status, message)
	case XML:
	}
	return &answer{
		status: status, contentType: "application/xml; charset=UTF-8",
		body: fmt.Appendf(nil, `<ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>%d</ams:code>`+
			`<ams:message>%s</ams:message><ams:description>%s</ams:description></ams:fault>`,
			code, html.EscapeString(message), html.EscapeString(message)),
	}
}

func htmlAnswer(status int, message string) *answer {
	return &answer{
		status: status, contentType: "text/html; charset=utf-8",
		body: fmt.Appendf(nil, "<!DOCTYPE html><html><head><title>%d</title></head><body><h1>%s</h1></body></html>",
			status, html.EscapeString(message)),
	}
}

func (r *Registry) tooMany(wait time.Duration) *answer {
	reply := r.gateway(http.StatusTooManyRequests, 900802, "Message throttled out")
	if !r.options.Quota.SilentRefusal {
		reply.retryAfter = seconds(wait)
	}
	return reply
}

// seconds rounds up to whole seconds, at least one.
func seconds(wait time.Duration) string {
	return strconv.Itoa(max(1, int((wait+time.Second-1)/time.Second)))
}

func (r *Registry) tokenCall(request *http.Request, body []byte) *answer {
	c := call{Request: request, path: TokenPath, body: body}
	if due := r.faults.take(c, before, false); due != nil {
		r.meter.fault()
		return r.spoilt(c, due, nil)
	}
	return r.token(request, body)
}

// token grants client_credentials to the application's key and secret.
func (r *Registry) token(request *http.Request, body []byte) *answer {
	if request.Method != http.MethodPost {
		return r.gateway(http.StatusMethodNotAllowed, 405, "Method not allowed for given API resource")
	}
	if _, certified := r.reporter(request); !certified && r.options.TokenNeedsCertificate {
		return r.gateway(http.StatusUnauthorized, 900907, "Client certificate missing")
	}
	key, secret, given := request.BasicAuth()
	if !given || !same(key, r.options.Key) || !same(secret, r.options.Secret) {
		if r.options.GatewayErrors == JSON {
			return jsonAnswer(http.StatusUnauthorized, map[string]string{
				"error": "invalid_client", "error_description": "Client Authentication failed.",
			})
		}
		return r.gateway(http.StatusUnauthorized, 900901, "Client Authentication failed")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("grant_type") != "client_credentials" {
		return jsonAnswer(http.StatusBadRequest, map[string]string{
			"error": "unsupported_grant_type", "error_description": "grant_type must be client_credentials",
		})
	}
	token := uuid.NewString()
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.options.Now()
	for old, expires := range r.tokens {
		if !now.Before(expires) {
			delete(r.tokens, old)
		}
	}
	r.tokens[token] = now.Add(r.options.TokenLife)
	grant := map[string]any{"access_token": token, "token_type": "Bearer", "scope": "default"}
	if !r.options.SilentTokenLife {
		grant["expires_in"] = int(r.options.TokenLife / time.Second)
	}
	return jsonAnswer(http.StatusOK, grant)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func bearerOf(request *http.Request) string {
	scheme, token, _ := strings.Cut(request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// bearer refuses a call without a token that is known and in force.
func (r *Registry) bearer(request *http.Request) *answer {
	token := bearerOf(request)
	if token == "" {
		return r.gateway(http.StatusUnauthorized, 900902, "Missing Credentials")
	}
	r.mu.Lock()
	expires, known := r.tokens[token]
	r.mu.Unlock()
	if !known || !r.options.Now().Before(expires) {
		return r.gateway(http.StatusUnauthorized, 900901, "Invalid Credentials")
	}
	return nil
}

func (r *Registry) revoke(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.tokens, token)
}
