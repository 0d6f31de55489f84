package avfallsregistret

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sluss"
	"sluss/registries/once"
)

// tokens caches one OAuth2 token. The channel, of capacity one, is its lock: a
// caller waits for it no longer than its context lasts.
type tokens struct {
	lock    chan struct{}
	value   string
	expires time.Time // our clock, less a margin
}

// unstatedLife is how long a token is used if the answer does not say when it
// expires.
const unstatedLife = 5 * time.Minute

// token returns a valid token other than the outdated one. Only one caller at a
// time fetches a token. If that fails, the reply is that of the token call, and
// nothing was filed.
func (c *Client) token(ctx context.Context, outdated string) (string, reply, error) {
	select {
	case c.tokens.lock <- struct{}{}:
		defer func() { <-c.tokens.lock }()
	case <-ctx.Done():
		now := time.Now()
		return "", reply{operation: tokenOperation, Reply: once.Reply{Started: now, Ended: now}}, fmt.Errorf("%w: waiting for a token: %w", sluss.ErrNotSent, ctx.Err())
	}
	if c.tokens.value != "" && c.tokens.value != outdated && time.Now().Before(c.tokens.expires) {
		return c.tokens.value, reply{}, nil
	}
	c.tokens.value = ""
	r, value, life, err := c.fetchToken(ctx)
	if err != nil {
		return "", r, err
	}
	c.tokens.value, c.tokens.expires = value, r.Started.Add(life-min(life/10, time.Minute))
	return value, r, nil
}

const tokenOperation = "POST /oauth2/token"

func (c *Client) fetchToken(ctx context.Context) (r reply, value string, life time.Duration, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.tokenURL, http.NoBody)
	if err != nil {
		return r, "", 0, fmt.Errorf("%w: token_url: %w", sluss.ErrOperator, err)
	}
	request.SetBasicAuth(c.key, c.secret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	request.Header.Set(systemHeader, c.systemID)
	r = c.send(ctx, tokenOperation, http.MethodPost, c.tokenURL, []byte("grant_type=client_credentials"), request.Header)
	var grant struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	switch unreadable := json.Unmarshal(r.Body, &grant); {
	case r.Status == 0:
		_, err = withoutAnswer(r)
		if err == nil { // whether the token call arrived or not, no note was sent
			err = fmt.Errorf("%w: the token endpoint gave no answer: %w", sluss.ErrNotSent, r.Err)
		}
		return r, "", 0, err
	case r.Status == http.StatusOK && unreadable == nil && r.Err == nil && strings.TrimSpace(grant.AccessToken) != "":
		r.Body = nil // a credential
	case r.Status >= 500, r.Status == http.StatusRequestTimeout, r.Status == http.StatusTooManyRequests:
		return r, "", 0, fmt.Errorf("%w: the token endpoint answered %d", sluss.ErrNotSent, r.Status)
	case r.Status/100 == 2:
		r.Body = nil // it may hold a credential in another form
		return r, "", 0, fmt.Errorf("%w: the token endpoint answered %d without a token", sluss.ErrNotSent, r.Status)
	default:
		return r, "", 0, fmt.Errorf("%w: the token endpoint answered %d: check the key, the secret and token_url of this environment", sluss.ErrOperator, r.Status)
	}
	life = unstatedLife
	if grant.ExpiresIn > 0 {
		life = time.Duration(min(grant.ExpiresIn, (365*24*time.Hour).Seconds()) * float64(time.Second))
	}
	return r, grant.AccessToken, life, nil
}
