package trackdechets

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"sluss/simulators/trackdechets/graphql"
)

// grantLife is how long an authorization code works, once.
const grantLife = 10 * time.Minute

// Client is an application that users let act for them by OAuth2. It is not durable.
type Client struct {
	ID          string `json:"id"`
	Secret      string `json:"secret"`
	RedirectURI string `json:"redirectUri"`
}

// grant is an authorization code that a user has given to a client.
type grant struct {
	client, token string
	until         time.Time
	used          bool
}

// AddClient registers an application.
func (b *Backend) AddClient(c Client) error {
	if c.ID == "" || c.Secret == "" {
		return fmt.Errorf("client %q: id and secret are required", c.ID)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clients[c.ID] = c
	return nil
}

// Grant makes the authorization code that a user gives a client in the web interface's dialog: valid ten minutes, once.
func (b *Backend) Grant(client, token, code string) error {
	if b.user(token) == nil {
		return fmt.Errorf("grant: no user has this token")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.clients[client]; !ok {
		return fmt.Errorf("grant: client %q is not registered", client)
	}
	b.grants[code] = &grant{client: client, token: token, until: b.options.Now().Add(grantLife)}
	return nil
}

type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// serveToken answers POST /oauth2/token: a code becomes the user's token, which never expires.
func (b *Backend) serveToken(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	b.mu.Lock()
	client, known := b.clients[id]
	b.mu.Unlock()
	if !known || client.Secret != secret {
		w.Header().Set("WWW-Authenticate", `Basic realm="Users"`)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte("Unauthorized")) // the caller may have gone away
		return
	}
	if r.PostFormValue("grant_type") != "authorization_code" {
		writeOAuth(w, http.StatusNotImplemented, oauthError{"unsupported_grant_type", "Unsupported grant type: " + r.PostFormValue("grant_type")})
		return
	}
	token, refused := b.redeem(client, r.PostFormValue("code"), r.PostFormValue("redirect_uri"))
	user := b.user(token)
	if user == nil {
		writeOAuth(w, http.StatusForbidden, oauthError{"invalid_grant", refused})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeOAuth(w, http.StatusOK, map[string]any{
		"access_token": token, "user": map[string]any{"name": user.Name, "email": user.Email}, "token_type": "Bearer",
	})
}

// redeem takes an authorization code for the user's token, once; otherwise it says what is wrong with it.
func (b *Backend) redeem(client Client, code, redirect string) (token, refused string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	given := b.grants[code]
	switch {
	case given == nil || given.client != client.ID:
		return "", "Invalid authorization code"
	case given.used || !b.options.Now().Before(given.until):
		return "", "Grant has expired"
	case client.RedirectURI != "" && redirect != client.RedirectURI:
		return "", "Invalid redirect URI"
	}
	given.used = true
	return given.token, ""
}

// writeOAuth writes JSON as the OAuth2 endpoint does.
func writeOAuth(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		graphql.WriteText(w, http.StatusInternalServerError, err.Error())
		return
	}
	graphql.Write(w, status, "application/json", raw)
}
