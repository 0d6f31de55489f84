package engine

import (
	"context"
	"log/slog"
	"time"

	"sluss/config"
)

// represent enters the companies and mandates of the configuration, if it has any, and
// warns if there are none at all.
func (e *Engine) represent(ctx context.Context, c config.Config, log *slog.Logger) error {
	if len(c.Companies)+len(c.Mandates) > 0 {
		return e.Ledger.Configure(ctx, c.Companies, c.Mandates, time.Now())
	}
	nobody, err := e.Ledger.ReportsForNobody(ctx)
	if err == nil && nobody {
		log.Warn("no company is entered that we report for, so nothing is filed and every declaration is refused: name companies in the configuration, or run starter company add")
	}
	return err
}
