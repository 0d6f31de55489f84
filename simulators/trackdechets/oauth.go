package trackdechets

import (
	"fmt"
	"net/http"
	"time"
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
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.clients[client]; !ok {
		return fmt.Errorf("grant: client %q is not registered", client)
	}
	if _, ok := b.users[token]; !ok {
		return fmt.Errorf("grant: no user has this token")
	}
	b.grants[code] = &grant{client: client, token: token, until: b.now().Add(grantLife)}
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
	defer b.mu.Unlock()
	client, known := b.clients[id]
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
	given := b.grants[r.PostFormValue("code")]
	refusal := ""
	switch {
	case given == nil || given.client != id:
		refusal = "Invalid authorization code"
	case given.used || !b.now().Before(given.until):
		refusal = "Grant has expired"
	case client.RedirectURI != "" && r.PostFormValue("redirect_uri") != client.RedirectURI:
		refusal = "Invalid redirect URI"
	}
	if refusal != "" {
		writeOAuth(w, http.StatusForbidden, oauthError{"invalid_grant", refusal})
		return
	}
	given.used = true
	user := b.users[given.token]
	w.Header().Set("Cache-Control", "no-store")
	writeOAuth(w, http.StatusOK, map[string]any{
		"access_token": given.token, "user": map[string]any{"name": user.Name, "email": user.Email}, "token_type": "Bearer",
	})
}
