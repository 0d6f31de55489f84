package trackdechets

import (
	"fmt"
	"time"
)

const (
	codeAttempts    = 3 // the third attempt locks, right or wrong
	codeWindow      = 30 * time.Minute
	codeLock        = 10 * time.Second
	codeLongestLock = 30 * time.Minute
)

// attemptKey is whose attempts are counted: one user's on one company's code.
type attemptKey struct{ user, company string }

type attempts struct {
	since time.Time
	count int
	locks int // how often it locked; each lock is three times as long
	until time.Time
}

// checkCode compares a company's security code. Attempts are counted before the comparison; success forgets them.
func (b *Backend) checkCode(user *User, company string, sent int) error {
	now := b.options.Now()
	key := attemptKey{user.Email, company}
	tried := b.attempts[key]
	if tried == nil || (now.Sub(tried.since) > codeWindow && !now.Before(tried.until)) {
		tried = &attempts{since: now}
		b.attempts[key] = tried
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
	known, ok := b.companies[company]
	if !ok || known.SecurityCode != sent {
		return forbidden(fmt.Sprintf("Le code de signature est invalide. (%d tentative(s) restante(s))", codeAttempts-tried.count))
	}
	delete(b.attempts, key)
	return nil
}

func locked(left time.Duration) error {
	return &refusal{
		code: codeTooManyRequests,
		message: fmt.Sprintf("Trop de tentatives de validation du code de sécurité. Compte bloqué pendant %d secondes.",
			int((left + time.Second - 1).Seconds())),
	}
}
