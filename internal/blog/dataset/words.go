package dataset

import "strings"

// The words that generated rows are made of.
//
//nolint:gochecknoglobals // constants
var (
	firstNames = strings.Fields(`Ada Amélie Bruno Chiara Daniel Elif Fatima Grace Hannah Ivan Jana Kofi Léa
		Mateo Noor Olivia Pedro Quentin Rosa Søren Tomás Uma Viktor Wanda Xenia Yusuf Zoë`)
	lastNames = strings.Fields(`Almeida Bianchi Costa Dubois Eriksen Fischer García Haddad Ivanova Jansen Kowalski
		Laurent Müller Novák Okafor Petrov Quispe Rossi Schmidt Tanaka Usman Vargas Weber Young Žukauskas`)
	cities     = strings.Fields("Amsterdam Berlin Dakar Kraków Lisbon London Lyon Montréal Nairobi Osaka Paris Porto")
	timezones  = strings.Fields("Europe/Paris Europe/Berlin America/New_York Asia/Tokyo Africa/Nairobi UTC")
	languages  = strings.Fields("en fr de pt-BR es ja")
	groupNames = []string{"Beta testers", "Editors' circle", "Newsletter", "Translators"}
	categories = strings.Fields("architecture databases operations people security tutorials")
	topics     = strings.Fields(`api backup cache caching cloud concurrency css data deployment design docker errors
		fonts forms go graphql http indexes json kubernetes linux logging maps memory migrations monitoring mysql
		networks orm performance postgresql privacy queues search security sqlite testing time tooling transactions`)
	adjectives = strings.Fields("Boring Calm Careful Fast Honest Modern Pragmatic Quiet Reliable Simple Small Steady")
	devices    = strings.Fields("Camera Desk Headset Keyboard Lamp Monitor Mouse Notebook Router Stand Tablet Webcam")
	sentences  = []string{
		"Most of the time goes into finding out what is slow.",
		"We measured first, and the numbers were not what we had expected.",
		"The index was there, but the query could not use it.",
		"A transaction should be as short as the work allows.",
		"None of this needs a new tool.",
		"The tests run against the real database, all three of them.",
		"What surprised us was how little code was left in the end.",
		"Names matter more than we like to admit.",
		"If in doubt, write it down and ask someone else to read it.",
		"The migration took four seconds, and nobody noticed.",
		"Sometimes the right answer is to delete the feature.",
		"Déjà vu: the same error, two years later, in another place.",
	}
	remarks = []string{
		"Thank you, this helped.", "I am not sure that the second point holds.", "Does it work on MySQL too?",
		"We do the same, with one more index.", "Great read!", "Could you share the numbers?", "👍", "Noted, merci.",
	}
)
