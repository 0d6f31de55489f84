package bsdd

import (
	"cmp"

	"sluss"
	"sluss/registries/trackdechets/wire"
)

// Emission is the emitter's signature, or the storer's on what goes on.
func (d Document) Emission() wire.Emission {
	who, at := d.signed()
	waste := d.waste()
	mass, _ := d.Mass()
	if p := d.Pickup(); p != nil {
		mass = p.Mass
	}
	return wire.Emission{
		PackagingInfos: waste.PackagingInfos, Quantity: wire.Tonnes(mass), ONUCode: waste.ONUCode,
		TransporterNumberPlate: Plates(d.FrenchLeg()), EmittedAt: at, EmittedBy: who,
	}
}

// TakeOver is the signature of the leg's transporter.
func (d Document) TakeOver() wire.TakeOver {
	who, at := d.signed()
	t := d.Transporter()
	return wire.TakeOver{
		TakenOverAt: at, TakenOverBy: who, TransporterNumberPlate: t.NumberPlate, TransporterTransportMode: t.Mode,
		TransporterCompanyContact: t.Company.Contact, TransporterCompanyMail: t.Company.Mail, TransporterCompanyPhone: t.Company.Phone,
	}
}

// Arrival tells no mass: that comes with the verdict, and alone it would read as one.
func (d Document) Arrival() wire.Arrival {
	who, _ := d.signed()
	return wire.Arrival{ReceivedBy: who, ReceivedAt: wire.DateTime(d.Trigger().At)}
}

// Storing tells what arrived at a storage.
func (d Document) Storing() wire.Storing {
	a, mass := d.Arrival(), d.Trigger().Mass
	return wire.Storing{ReceivedBy: a.ReceivedBy, ReceivedAt: a.ReceivedAt, QuantityReceived: wire.Tonnes(mass), QuantityType: QuantityType(false)}
}

// Acceptance is the verdict on what arrived, in whole or in part.
func (d Document) Acceptance() wire.Acceptance {
	e, received := d.Trigger(), d.received().Mass
	who, at := d.signed()
	verdict := wire.Acceptance{WasteAcceptationStatus: wire.Accepted, SignedAt: at, SignedBy: who, QuantityReceived: wire.Tonnes(received)}
	switch {
	case e.Kind == sluss.WasteRefused:
		verdict.WasteAcceptationStatus, verdict.QuantityRefused, verdict.WasteRefusalReason = wire.Refused, wire.Tonnes(received), wire.Text(e.Reason)
	case e.RefusedMass > 0:
		verdict.WasteAcceptationStatus, verdict.QuantityRefused, verdict.WasteRefusalReason = wire.PartiallyRefused, wire.Tonnes(e.RefusedMass), wire.Text(e.Reason)
	}
	return verdict
}

// StoringVerdict is the storer's verdict.
func (d Document) StoringVerdict() wire.StoringVerdict {
	return wire.StoringVerdict{Acceptance: d.Acceptance(), QuantityType: QuantityType(false)}
}

// Resealing is how stored waste goes on.
func (d Document) Resealing() wire.Resealing {
	mass, estimated := d.Mass()
	waste := d.waste()
	return wire.Resealing{
		Destination: d.final(), Transporter: new(d.Transporter()),
		WasteDetails: &wire.Repackaging{ONUCode: waste.ONUCode, PackagingInfos: waste.PackagingInfos, Quantity: wire.Tonnes(mass), QuantityType: QuantityType(estimated)},
	}
}

// Done is the operation that was carried out, and whether the trace ends with it.
func (d Document) Done() (operation string, untraced bool) {
	e, t := d.Trigger(), d.Declaration.Treatment
	return cmp.Or(e.Operation, t.Operation), t.NoTraceability || e.NoTraceability
}

// Processing is the treatment; after an operation that groups or stores, with the next
// destination.
func (d Document) Processing() wire.Processing {
	who, _ := d.signed()
	t := d.Declaration.Treatment
	operation, untraced := d.Done()
	done := wire.Processing{
		ProcessingOperationDone: Operation(operation), DestinationOperationMode: operationMode(t.Mode),
		ProcessingOperationDescription: wire.Text(t.Description), ProcessedBy: who, ProcessedAt: wire.DateTime(d.Trigger().At),
	}
	if !Groups(operation) {
		return done
	}
	if done.NoTraceability = untraced; t.Next != nil {
		done.NextDestination = &wire.NextDestination{
			ProcessingOperation: Operation(t.Next.Operation), NotificationNumber: wire.Text(t.Next.Notification), Company: nextCompany(t.Next.Company),
		}
	}
	return done
}
