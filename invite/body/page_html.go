// Code generated from template/body.html by go test -run GeneratedPage -update; DO NOT EDIT.

package body

func writeAnswers(w *htmlWriter, d *Answers) {
	w.raw("\n<tr><td class=\"pad\" style=\"padding:16px 28px 0\">\n" +
		"<div style=\"font-weight:600;padding-bottom:8px\">")
	w.html(d.Question)
	w.raw("</div>\n" +
		"<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\"><tr>")
	for i1 := range d.Links {
		d1 := &d.Links[i1]
		if i1 != 0 {
			w.raw("\n<td width=\"8\" style=\"font-size:1px\">&nbsp;</td>")
		}
		if d1.Status == "accepted" {
			w.raw("\n<td align=\"center\" style=\"background-color:")
			w.css(d.Brand.Colour)
			w.raw(";border-radius:6px\"><a href=\"")
			w.url(d1.Link)
			w.raw("\" style=\"display:inline-block;padding:9px 28px;color:")
			w.css(d.Brand.OnColour)
			w.raw(";font-weight:600;text-decoration:none\">")
			w.html(d1.Label)
			w.raw("</a></td>")
		} else {
			w.raw("\n<td align=\"center\" class=\"choice\" style=\"border:1px solid #8a94a3;border-radius:6px\"><a class=\"link\" href=\"")
			w.url(d1.Link)
			w.raw("\" style=\"display:inline-block;padding:8px 18px;color:#1a56db;font-weight:600;text-decoration:none\">")
			w.html(d1.Label)
			w.raw("</a></td>")
		}
	}
	w.raw("\n</tr></table>\n" +
		"</td></tr>")
}

func writeBadge(w *htmlWriter, d *Page) {
	if d.Action == "cancellation" {
		w.raw("background-color:#fde8e8;color:#9b1c1c")
	} else if d.Action == "update" {
		w.raw("background-color:#fdf0c8;color:#723b13")
	} else if d.Action == "reminder" {
		w.raw("background-color:#def7ec;color:#03543f")
	} else if d.Action == "invitation" {
		w.raw("background-color:#e1effe;color:#1e429f")
	} else {
		w.raw("background-color:#e5e7eb;color:#1f2937")
	}
}

func writeBody(w *htmlWriter, d *Page) {
	w.raw("<!DOCTYPE html>\n" +
		"<html lang=\"")
	w.html(d.Language)
	w.raw("\" dir=\"")
	w.html(d.Dir)
	w.raw("\">\n")
	writeHead(w, d)
	w.raw("\n<body class=\"page\" style=\"margin:0;padding:0;background-color:#f3f4f6\">\n")
	writePreheader(w, d)
	w.raw("\n<table role=\"presentation\" class=\"page\" lang=\"")
	w.html(d.Language)
	w.raw("\" dir=\"")
	w.html(d.Dir)
	w.raw("\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background-color:#f3f4f6\">\n" +
		"<tr><td align=\"center\" class=\"outer\" style=\"padding:20px 8px\">\n" +
		"<table role=\"presentation\" class=\"card text\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" style=\"width:100%;max-width:600px;background-color:#ffffff;border:1px solid #d5d9e0;border-radius:10px;font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:15px;line-height:1.5;color:#1f2937\">\n" +
		"<tr><td style=\"height:5px;line-height:5px;font-size:1px;background-color:")
	w.css(d.Colour)
	w.raw(";border-radius:9px 9px 0 0\">&nbsp;</td></tr>")
	writeCard(w, d)
	w.raw("\n</table>\n" +
		"</td></tr>\n" +
		"</table>\n" +
		"</body>\n" +
		"</html>")
	w.raw("\n")
}

func writeCard(w *htmlWriter, d *Page) {
	writeHeader(w, d)
	w.raw("\n<tr><td class=\"pad\" style=\"padding:20px 28px 0\">")
	writeTitle(w, d)
	w.raw("</td></tr>\n" +
		"<tr><td class=\"pad\" style=\"padding:16px 28px 0\">")
	writeLead(w, d)
	w.raw("</td></tr>")
	if d.Comment != "" {
		w.raw("\n<tr><td class=\"pad\" style=\"padding:16px 28px 0\">")
		writeComment(w, d)
		w.raw("</td></tr>")
	}
	w.raw("\n<tr><td class=\"pad\" style=\"padding:16px 28px 0\">")
	writeFacts(w, d)
	w.raw("</td></tr>")
	w.any(d.AnswerLinks)
	if d.HowToAnswer != "" {
		w.raw("\n<tr><td class=\"pad muted\" style=\"padding:16px 28px 0;color:#4b5563\">")
		w.html(d.HowToAnswer)
		w.raw("</td></tr>")
	}
	if d.Description != "" {
		w.raw("\n<tr><td class=\"pad\" style=\"padding:16px 28px 0\">")
		writeDescription(w, d)
		w.raw("</td></tr>")
	}
	writeFooter(w, d)
}

func writeComment(w *htmlWriter, d *Page) {
	w.raw("<div class=\"quote\" style=\"padding:10px 14px;background-color:#f3f4f6;color:#1f2937;border-radius:6px\">\n" +
		"<div style=\"font-size:13px;font-weight:600\">")
	w.html(d.CommentLabel)
	w.raw("</div>\n" +
		"<div dir=\"auto\" style=\"overflow-wrap:anywhere\">")
	writeText(w, segments(d.Comment))
	w.raw("</div></div>")
}

func writeDescription(w *htmlWriter, d *Page) {
	w.raw("<div class=\"line text\" style=\"padding-top:14px;border-top:1px solid #d5d9e0\">\n" +
		"<h2 class=\"muted\" style=\"margin:0 0 4px;font-size:13px;font-weight:600;color:#4b5563\">")
	w.html(d.DescriptionLabel)
	w.raw("</h2>\n" +
		"<div dir=\"auto\" style=\"overflow-wrap:anywhere;word-break:break-word\">")
	writeText(w, segments(d.Description))
	w.raw("</div>")
	if d.Cut != "" {
		w.raw("\n<div class=\"muted\" style=\"padding-top:6px;color:#4b5563\">")
		w.html(d.Cut)
		w.raw("</div>")
	}
	w.raw("</div>")
}

func writeFacts(w *htmlWriter, d *Page) {
	w.raw("\n<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"overflow-wrap:anywhere;word-break:break-word\">")
	for i1 := range d.Rows {
		d1 := &d.Rows[i1]
		w.raw("\n<tr")
		if d1.Twice() {
			w.raw(" class=\"line\"")
		}
		w.raw(" valign=\"top\"><td class=\"key\" width=\"132\" style=\"padding:5px 0;color:#4b5563\">")
		w.html(d1.Label)
		w.raw("</td>\n" +
			"<td class=\"value\" style=\"padding:5px 0\">")
		if d1.Join() {
			writeJoin(w, d)
		}
		writeRow(w, d1)
		w.raw("</td></tr>")
	}
	w.raw("\n</table>")
}

func writeFooter(w *htmlWriter, d *Page) {
	w.raw("\n<tr><td style=\"height:24px;line-height:24px;font-size:1px\">&nbsp;</td></tr>")
}

func writeHead(w *htmlWriter, d *Page) {
	w.raw("<head>\n" +
		"<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n" +
		"<meta name=\"supported-color-schemes\" content=\"light dark\">\n" +
		"<title>")
	w.html(d.Subject)
	w.raw("</title>\n")
	w.raw("<style>\n" +
		":root{color-scheme:light dark;supported-color-schemes:light dark}\n" +
		"@media (max-width:480px){.outer{padding:0!important}.card{border-radius:0!important;border-left:0!important;border-right:0!important}\n" +
		".pad{padding-left:16px!important;padding-right:16px!important}.key,.value{display:block!important;width:auto!important}\n" +
		".key{padding-bottom:0!important;font-size:13px!important}.value{padding-top:0!important}}\n" +
		"@media (prefers-color-scheme:dark){\n" +
		".page{background-color:#0f141b!important}\n" +
		".card{background-color:#1b222c!important;border-color:#38414e!important}\n" +
		".text{color:#f3f4f6!important}\n" +
		".key,.muted,.old{color:#b6bfca!important}\n" +
		".link{color:#93c5fd!important}\n" +
		".line{border-color:#38414e!important}\n" +
		".quote{background-color:#27303c!important;color:#f3f4f6!important}\n" +
		".badge{background-color:#38414e!important;color:#f3f4f6!important}\n" +
		".choice{border-color:#8a94a3!important}\n" +
		".tile{background-color:#27303c!important;border-color:#4b5563!important}\n" +
		"}\n" +
		"</style>\n" +
		"<style>#imipHTMLDetails[open]~.page .line{display:none}</style>")
	w.raw("\n</head>")
}

func writeHeader(w *htmlWriter, d *Page) {
	if d.Brand.Logo != "" {
		w.raw("\n<tr><td class=\"pad\" style=\"padding:20px 28px 0\"><img src=\"")
		w.url(d.Brand.Logo)
		w.raw("\" alt=\"")
		w.html(d.Brand.Name)
		w.raw("\" height=\"40\" style=\"height:40px;max-width:100%;border:0;display:block\"></td></tr>")
	} else if d.Brand.Name != "" {
		w.raw("\n<tr><td class=\"pad\" style=\"padding:20px 28px 0;font-weight:600\"><bdi>")
		w.html(d.Brand.Name)
		w.raw("</bdi></td></tr>")
	}
}

func writeJoin(w *htmlWriter, d *Page) {
	for i1 := range d.Rows {
		d1 := &d.Rows[i1]
		if d1.Join() {
			{
				d2 := &d1.Values[0]
				w.raw("\n<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 6px\"><tr>")
				if d.HasAnswers() {
					w.raw("<td align=\"center\" class=\"choice\" style=\"border:1px solid #8a94a3;border-radius:6px\"><a class=\"link\" href=\"")
					w.url(d2.Link)
					w.raw("\" style=\"display:inline-block;padding:8px 18px;color:#1a56db;font-weight:600;text-decoration:none\">")
					w.html(d.JoinLabel)
					w.raw("</a></td>")
				} else {
					w.raw("<td align=\"center\" style=\"background-color:")
					w.css(d.Brand.Colour)
					w.raw(";border-radius:6px\"><a href=\"")
					w.url(d2.Link)
					w.raw("\" style=\"display:inline-block;padding:9px 20px;color:")
					w.css(d.Brand.OnColour)
					w.raw(";font-weight:600;text-decoration:none\">")
					w.html(d.JoinLabel)
					w.raw("</a></td>")
				}
				w.raw("</tr></table>")
			}
		}
	}
}

func writeLead(w *htmlWriter, d *Page) {
	writeText(w, segments(d.Lead))
	if d.Changed != "" {
		w.raw("<br><span class=\"muted\" style=\"color:#4b5563\">")
		w.html(d.Labelled(d.ChangedLabel))
		w.raw("</span> <b>")
		w.html(d.Changed)
		w.raw("</b>")
	}
}

func writeLink(w *htmlWriter, d *Value) {
	if d.Link != "" {
		w.raw("<a class=\"link\" href=\"")
		w.url(d.Link)
		w.raw("\" style=\"color:#1a56db\"><bdi>")
		w.html(d.Text)
		w.raw("</bdi></a>")
	} else {
		writeText(w, segments(d.Text))
	}
	if d.Remark != "" {
		w.raw(" ")
		w.html(d.Remark)
	}
}

func writePreheader(w *htmlWriter, d *Page) {
	if d.Preheader != "" {
		w.raw("<div class=\"text\" style=\"display:none;max-height:0;overflow:hidden;mso-hide:all;color:#1f2937\">")
		writeWords(w, segments(d.Preheader))
		w.raw(" ")
		w.html(d.Blank())
		w.raw("</div>")
	}
}

func writeRow(w *htmlWriter, d *Row) {
	for i1 := range d.Values {
		d1 := &d.Values[i1]
		if i1 != 0 {
			if d.Inline {
				w.html(d.Separator)
			} else {
				w.raw("<br>")
			}
		}
		writeValue(w, d1)
	}
}

func writeText(w *htmlWriter, d []Segment) {
	for i1 := range d {
		d1 := &d[i1]
		if d1.Link != "" {
			w.raw("<a class=\"link\" href=\"")
			w.url(d1.Link)
			w.raw("\" dir=\"")
			w.html(d1.Dir)
			w.raw("\" style=\"color:#1a56db\">")
			w.html(d1.Text)
			w.raw("</a>")
		} else if d1.NoBreak {
			w.raw("<span")
			if d1.Dir != "" {
				w.raw(" dir=\"")
				w.html(d1.Dir)
				w.raw("\"")
			}
			w.raw(" style=\"white-space:nowrap\">")
			w.html(d1.Text)
			w.raw("</span>")
		} else if d1.Dir == "ltr" {
			w.raw("<span dir=\"ltr\">")
			w.html(d1.Text)
			w.raw("</span>")
		} else if d1.Dir != "" {
			w.raw("<bdi>")
			w.html(d1.Text)
			w.raw("</bdi>")
		} else {
			w.html(d1.Text)
		}
		if d1.Break {
			w.raw("<br>\n")
		}
	}
}

func writeTitle(w *htmlWriter, d *Page) {
	w.raw("\n<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\"><tr>\n" +
		"<td valign=\"top\"><table role=\"presentation\" class=\"tile\" aria-hidden=\"true\" width=\"64\" cellpadding=\"0\" cellspacing=\"0\" style=\"background-color:#ffffff;border:1px solid #c9cfd8;border-radius:8px;border-collapse:separate;text-align:center;line-height:1.2;white-space:nowrap\">\n" +
		"<tr><td style=\"padding:3px 4px;background-color:")
	w.css(d.Colour)
	w.raw(";color:")
	w.css(d.OnColour)
	w.raw(";font-size:12px;font-weight:600;border-radius:7px 7px 0 0\">")
	w.html(d.Tile.Month)
	w.raw("</td></tr>\n" +
		"<tr><td class=\"text\" style=\"padding:4px 4px 0;color:#1f2937;font-size:")
	if d.Tile.Range {
		w.raw("19")
	} else {
		w.raw("24")
	}
	w.raw("px;font-weight:600")
	if d.Action == "cancellation" {
		w.raw(";text-decoration:line-through")
	}
	w.raw("\">")
	w.html(d.Tile.Day)
	w.raw("</td></tr>\n" +
		"<tr><td class=\"muted\" style=\"padding:0 4px 5px;color:#4b5563;font-size:12px\">")
	w.html(d.Tile.Weekday)
	w.raw("</td></tr>\n" +
		"</table></td>\n" +
		"<td width=\"16\" style=\"font-size:1px\">&nbsp;</td>\n" +
		"<td valign=\"top\">\n" +
		"<span class=\"badge\" style=\"display:inline-block;padding:2px 10px;border-radius:10px;font-size:13px;font-weight:600;")
	writeBadge(w, d)
	w.raw("\">")
	w.html(d.Badge)
	w.raw("</span>\n" +
		"<h1 style=\"margin:6px 0 0;font-size:22px;line-height:1.3;font-weight:600;word-break:break-word;overflow-wrap:anywhere\">")
	writeText(w, d.Isolated(d.Title))
	w.raw("</h1>")
	if d.OldTitle != "" {
		w.raw("\n<div class=\"old\" style=\"color:#5b6472;overflow-wrap:anywhere\"><del>")
		writeText(w, d.Isolated(d.OldTitle))
		w.raw("</del></div>")
	}
	w.raw("\n</td></tr></table>")
}

func writeValue(w *htmlWriter, d *Value) {
	if d.Struck {
		w.raw("<del class=\"old\" style=\"color:#5b6472\">")
		writeLink(w, d)
		w.raw("</del>")
	} else if d.New {
		w.raw("<b>")
		writeLink(w, d)
		w.raw("</b>")
	} else if d.Note {
		w.raw("<span class=\"muted\" style=\"color:#4b5563\">")
		writeLink(w, d)
		w.raw("</span>")
	} else {
		writeLink(w, d)
	}
}

func writeWords(w *htmlWriter, d []Segment) {
	for i1 := range d {
		d1 := &d[i1]
		if d1.Dir != "" {
			w.raw("<bdi>")
			w.html(d1.Text)
			w.raw("</bdi>")
		} else {
			w.html(d1.Text)
		}
	}
}
