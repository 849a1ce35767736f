package workbench

// What is left of the files that may be open goes to connections. Each takes four where all is within this program: both
// ends of it, and of the delivery that it causes. The rest are streams, listeners, the journal, and a report as it is written.
const (
	filesOfOthers      = 16
	filesPerConnection = 4
	manyFiles          = 4096
)

// mostOpen is how many connections there may be at a time, 0 for any number, where so many files may be open.
func mostOpen(files int) int {
	if files == 0 || files >= manyFiles {
		return 0
	}
	return max(1, (files-filesOfOthers)/filesPerConnection)
}
