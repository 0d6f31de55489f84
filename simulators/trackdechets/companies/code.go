package companies

import (
	"fmt"
	"time"

	"sluss/simulators/trackdechets/refusal"
)

const (
	codeAttempts    = 3 // the third attempt locks, right or wrong
	codeWindow      = 30 * time.Minute
	codeLock        = 10 * time.Second
	codeLongestLock = 30 * time.Minute
)

// Attempts count how often users have tried companies' security codes. They are not durable. The zero value is ready.
type Attempts struct {
	tried map[attemptKey]*attempts
}

// attemptKey is whose attempts are counted: one user's on one company's code.
type attemptKey struct{ user, company string }

type attempts struct {
	since time.Time
	count int
	locks int // how often it locked; each lock is three times as long
	until time.Time
}

// Check compares a company's security code. Attempts are counted before the comparison; success forgets them.
func (a *Attempts) Check(now time.Time, user *User, company Company, sent int) error {
	if a.tried == nil {
		a.tried = map[attemptKey]*attempts{}
	}
	key := attemptKey{user.Email, company.ID()}
	tried := a.tried[key]
	if tried == nil || (now.Sub(tried.since) > codeWindow && !now.Before(tried.until)) {
		tried = &attempts{since: now}
		a.tried[key] = tried
	}
	if now.Before(tried.until) {
		return locked(tried.until.Sub(now))
	}
	tried.count++
	if tried.count >= codeAttempts {
		lock := codeLock
		for range tried.locks {
			lock = min(3*lock, codeLongestLock)
		}
		tried.count = 0
		tried.locks++
		tried.until = now.Add(lock)
		return locked(lock)
	}
	if company.ID() == "" || company.SecurityCode != sent {
		return refusal.Forbidden(fmt.Sprintf("Le code de signature est invalide. (%d tentative(s) restante(s))", codeAttempts-tried.count))
	}
	delete(a.tried, key)
	return nil
}

func locked(left time.Duration) error {
	return &refusal.Refusal{
		Code: refusal.TooManyRequests,
		Message: fmt.Sprintf("Trop de tentatives de validation du code de sécurité. Compte bloqué pendant %d secondes.",
			int((left + time.Second - 1).Seconds())),
	}
}
