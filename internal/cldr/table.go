// Code generated from github.com/go-playground/locales. DO NOT EDIT.

package cldr

var table = [...]Locale{
	{
		tag:           "ar",
		full:          "{W}، {D} {M} {Y}",
		long:          "{D} {M} {Y}",
		months:        [12]string{"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
		monthsShort:   [12]string{"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
		weekdays:      [7]string{"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"},
		weekdaysShort: [7]string{"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"},
		zones: "" +
			"ACST توقيت وسط أستراليا الرسمي\nACWST توقيت غرب وسط أستراليا الرسمي\nAEST توقيت شرق أستراليا الرسمي\nAKST التوقيت الرسمي لألاسكا\nART توقيت الأرجنتين الرسمي\nAST التوقيت الرسمي الأطلسي\nAWST توقيت غرب أستراليا الرسمي\nBOT توقيت بوليفيا\n" +
			"BT توقيت بوتان\nCAT توقيت وسط أفريقيا\nCHAST توقيت تشاتام الرسمي\nCLT توقيت تشيلي الرسمي\nCOT توقيت كولومبيا الرسمي\nCST التوقيت الرسمي المركزي لأمريكا الشمالية\nChST توقيت تشامورو\nEAT توقيت شرق أفريقيا\n" +
			"ECT توقيت الإكوادور\nEST التوقيت الرسمي الشرقي لأمريكا الشمالية\nGFT توقيت غويانا الفرنسية\nGMT توقيت غرينتش\nGST توقيت الخليج\nGYT توقيت غيانا\nHAST توقيت هاواي ألوتيان الرسمي\nHKT توقيت هونغ كونغ الرسمي\n" +
			"HNCU توقيت كوبا الرسمي\nHNPM توقيت سانت بيير وميكولون الرسمي\nHNT توقيت نيوفاوندلاند الرسمي\nIST توقيت الهند\nJST توقيت اليابان الرسمي\nLHST توقيت لورد هاو الرسمي\nMEZ توقيت وسط أوروبا الرسمي\nMST التوقيت الجبلي الرسمي لأمريكا الشمالية\n" +
			"MYT توقيت ماليزيا\nNZST توقيت نيوزيلندا الرسمي\nOEZ توقيت شرق أوروبا الرسمي\nPST توقيت المحيط الهادي الرسمي\nSAST توقيت جنوب أفريقيا\nSGT توقيت سنغافورة\nSRT توقيت سورينام\nTMT توقيت تركمانستان الرسمي\n" +
			"UYT توقيت أوروغواي الرسمي\nVET توقيت فنزويلا\nWAT توقيت غرب أفريقيا الرسمي\nWEZ توقيت غرب أوروبا الرسمي\nWIB توقيت غرب إندونيسيا\nWIT توقيت شرق إندونيسيا\nWITA توقيت وسط إندونيسيا\n",
	},
	{
		tag:           "de",
		full:          "{W}, {D}. {M} {Y}",
		long:          "{D}. {M} {Y}",
		months:        [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
		monthsShort:   [12]string{"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."},
		weekdays:      [7]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
		weekdaysShort: [7]string{"So.", "Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa."},
		zones: "" +
			"ACST Zentralaustralische Normalzeit\nACWST Zentral-/Westaustralische Normalzeit\nAEST Ostaustralische Normalzeit\nAKST Alaska-Normalzeit\nART Argentinische Normalzeit\nAST Atlantik-Normalzeit\nAWST Westaustralische Normalzeit\nBOT Bolivianische Zeit\n" +
			"BT Bhutan-Zeit\nCAT Zentralafrikanische Zeit\nCHAST Chatham-Normalzeit\nCLT Chilenische Normalzeit\nCOT Kolumbianische Normalzeit\nCST Nordamerikanische Inland-Normalzeit\nChST Chamorro-Zeit\nEAT Ostafrikanische Zeit\n" +
			"ECT Ecuadorianische Zeit\nEST Nordamerikanische Ostküsten-Normalzeit\nGFT Französisch-Guayana-Zeit\nGMT Mittlere Greenwich-Zeit\nGST Golf-Zeit\nGYT Guyana-Zeit\nHAST Hawaii-Aleuten-Normalzeit\nHKT Hongkong-Normalzeit\n" +
			"HNCU Kubanische Normalzeit\nHNPM St.-Pierre-und-Miquelon-Normalzeit\nHNT Neufundland-Normalzeit\nIST Indische Zeit\nJST Japanische Normalzeit\nLHST Lord-Howe-Normalzeit\nMEZ Mitteleuropäische Normalzeit\nMST Rocky Mountain-Normalzeit\n" +
			"MYT Malaysische Zeit\nNZST Neuseeland-Normalzeit\nOEZ Osteuropäische Normalzeit\nPST Nordamerikanische Westküsten-Normalzeit\nSAST Südafrikanische Zeit\nSGT Singapur-Zeit\nSRT Suriname-Zeit\nTMT Turkmenistan-Normalzeit\n" +
			"UYT Uruguyanische Normalzeit\nVET Venezuela-Zeit\nWAT Westafrikanische Normalzeit\nWEZ Westeuropäische Normalzeit\nWIB Westindonesische Zeit\nWIT Ostindonesische Zeit\nWITA Zentralindonesische Zeit\n",
	},
	{
		tag:           "en",
		full:          "{W}, {M} {D}, {Y}",
		long:          "{M} {D}, {Y}",
		months:        [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		monthsShort:   [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		weekdays:      [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		weekdaysShort: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		zones: "" +
			"ACST Australian Central Standard Time\nACWST Australian Central Western Standard Time\nAEST Australian Eastern Standard Time\nAKST Alaska Standard Time\nART Argentina Standard Time\nAST Atlantic Standard Time\nAWST Australian Western Standard Time\nBOT Bolivia Time\n" +
			"BT Bhutan Time\nCAT Central Africa Time\nCHAST Chatham Standard Time\nCLT Chile Standard Time\nCOT Colombia Standard Time\nCST Central Standard Time\nChST Chamorro Standard Time\nEAT East Africa Time\n" +
			"ECT Ecuador Time\nEST Eastern Standard Time\nGFT French Guiana Time\nGMT Greenwich Mean Time\nGST Gulf Standard Time\nGYT Guyana Time\nHAST Hawaii-Aleutian Standard Time\nHKT Hong Kong Standard Time\n" +
			"HNCU Cuba Standard Time\nHNPM St. Pierre & Miquelon Standard Time\nHNT Newfoundland Standard Time\nIST India Standard Time\nJST Japan Standard Time\nLHST Lord Howe Standard Time\nMEZ Central European Standard Time\nMST Mountain Standard Time\n" +
			"MYT Malaysia Time\nNZST New Zealand Standard Time\nOEZ Eastern European Standard Time\nPST Pacific Standard Time\nSAST South Africa Standard Time\nSGT Singapore Standard Time\nSRT Suriname Time\nTMT Turkmenistan Standard Time\n" +
			"UYT Uruguay Standard Time\nVET Venezuela Time\nWAT West Africa Standard Time\nWEZ Western European Standard Time\nWIB Western Indonesia Time\nWIT Eastern Indonesia Time\nWITA Central Indonesia Time\n",
	},
	{
		tag:           "en-GB",
		full:          "{W}, {D} {M} {Y}",
		long:          "{D} {M} {Y}",
		months:        [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		monthsShort:   [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		weekdays:      [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		weekdaysShort: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		zones: "" +
			"ACST Australian Central Standard Time\nACWST Australian Central Western Standard Time\nAEST Australian Eastern Standard Time\nAKST Alaska Standard Time\nART Argentina Standard Time\nAST Atlantic Standard Time\nAWST Australian Western Standard Time\nBOT Bolivia Time\n" +
			"BT Bhutan Time\nCAT Central Africa Time\nCHAST Chatham Standard Time\nCLT Chile Standard Time\nCOT Colombia Standard Time\nCST Central Standard Time\nChST Chamorro Standard Time\nEAT East Africa Time\n" +
			"ECT Ecuador Time\nEST Eastern Standard Time\nGFT French Guiana Time\nGMT Greenwich Mean Time\nGST Gulf Standard Time\nGYT Guyana Time\nHAST Hawaii-Aleutian Standard Time\nHKT Hong Kong Standard Time\n" +
			"HNCU Cuba Standard Time\nHNPM St Pierre & Miquelon Standard Time\nHNT Newfoundland Standard Time\nIST India Standard Time\nJST Japan Standard Time\nLHST Lord Howe Standard Time\nMEZ Central European Standard Time\nMST Mountain Standard Time\n" +
			"MYT Malaysia Time\nNZST New Zealand Standard Time\nOEZ Eastern European Standard Time\nPST Pacific Standard Time\nSAST South Africa Standard Time\nSGT Singapore Standard Time\nSRT Suriname Time\nTMT Turkmenistan Standard Time\n" +
			"UYT Uruguay Standard Time\nVET Venezuela Time\nWAT West Africa Standard Time\nWEZ Western European Standard Time\nWIB Western Indonesia Time\nWIT Eastern Indonesia Time\nWITA Central Indonesia Time\n",
	},
	{
		tag:           "es",
		full:          "{W}, {D} de {M} de {Y}",
		long:          "{D} de {M} de {Y}",
		months:        [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
		monthsShort:   [12]string{"ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sept.", "oct.", "nov.", "dic."},
		weekdays:      [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		weekdaysShort: [7]string{"dom.", "lun.", "mar.", "mié.", "jue.", "vie.", "sáb."},
		zones: "" +
			"ACST hora estándar de Australia central\nACWST hora estándar de Australia centroccidental\nAEST hora estándar de Australia oriental\nAKST hora estándar de Alaska\nART hora estándar de Argentina\nAST hora estándar del Atlántico\nAWST hora estándar de Australia occidental\nBOT hora de Bolivia\n" +
			"BT hora de Bután\nCAT hora de África central\nCHAST hora estándar de Chatham\nCLT hora estándar de Chile\nCOT hora estándar de Colombia\nCST hora estándar central\nChST hora estándar de Chamorro\nEAT hora de África oriental\n" +
			"ECT hora de Ecuador\nEST hora estándar oriental\nGFT hora de la Guayana Francesa\nGMT hora del meridiano de Greenwich\nGST hora estándar del Golfo\nGYT hora de Guyana\nHAST hora estándar de Hawái-Aleutianas\nHKT hora estándar de Hong Kong\n" +
			"HNCU hora estándar de Cuba\nHNPM hora estándar de San Pedro y Miquelón\nHNT hora estándar de Terranova\nIST hora estándar de la India\nJST hora estándar de Japón\nLHST hora estándar de Lord Howe\nMEZ hora estándar de Europa central\nMST Hora estándar de Macao\n" +
			"MYT hora de Malasia\nNZST hora estándar de Nueva Zelanda\nOEZ hora estándar de Europa oriental\nPST hora estándar del Pacífico\nSAST hora de Sudáfrica\nSGT hora de Singapur\nSRT hora de Surinam\nTMT hora estándar de Turkmenistán\n" +
			"UYT hora estándar de Uruguay\nVET hora de Venezuela\nWAT hora estándar de África occidental\nWEZ hora estándar de Europa occidental\nWIB hora de Indonesia occidental\nWIT hora de Indonesia oriental\nWITA hora de Indonesia central\n",
	},
	{
		tag:           "fr",
		full:          "{W} {D} {M} {Y}",
		long:          "{D} {M} {Y}",
		months:        [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
		monthsShort:   [12]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
		weekdays:      [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
		weekdaysShort: [7]string{"dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."},
		zones: "" +
			"ACST heure normale du centre de l’Australie\nACWST heure normale du centre-ouest de l’Australie\nAEST heure normale de l’Est de l’Australie\nAKST heure normale de l’Alaska\nART heure normale d’Argentine\nAST heure normale de l’Atlantique\nAWST heure normale de l’Ouest de l’Australie\nBOT heure de Bolivie\n" +
			"BT heure du Bhoutan\nCAT heure normale d’Afrique centrale\nCHAST heure normale des îles Chatham\nCLT heure normale du Chili\nCOT heure normale de Colombie\nCST heure normale du centre nord-américain\nChST heure des Chamorro\nEAT heure normale d’Afrique de l’Est\n" +
			"ECT heure de l’Équateur\nEST heure normale de l’Est nord-américain\nGFT heure de la Guyane française\nGMT heure moyenne de Greenwich\nGST heure du Golfe\nGYT heure du Guyana\nHAST heure normale d’Hawaii - Aléoutiennes\nHKT heure normale de Hong Kong\n" +
			"HNCU heure normale de Cuba\nHNPM heure normale de Saint-Pierre-et-Miquelon\nHNT heure normale de Terre-Neuve\nIST heure de l’Inde\nJST heure normale du Japon\nLHST heure normale de Lord Howe\nMEZ heure normale d’Europe centrale\nMST heure normale des Rocheuses\n" +
			"MYT heure de la Malaisie\nNZST heure normale de la Nouvelle-Zélande\nOEZ heure normale d’Europe de l’Est\nPST heure normale du Pacifique nord-américain\nSAST heure normale d’Afrique méridionale\nSGT heure de Singapour\nSRT heure du Suriname\nTMT heure normale du Turkménistan\n" +
			"UYT heure normale de l’Uruguay\nVET heure du Venezuela\nWAT heure normale d’Afrique de l’Ouest\nWEZ heure normale d’Europe de l’Ouest\nWIB heure de l’Ouest indonésien\nWIT heure de l’Est indonésien\nWITA heure du Centre indonésien\n",
	},
	{
		tag:           "he",
		full:          "{W}, {D} ב{M} {Y}",
		long:          "{D} ב{M} {Y}",
		months:        [12]string{"ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר"},
		monthsShort:   [12]string{"ינו׳", "פבר׳", "מרץ", "אפר׳", "מאי", "יוני", "יולי", "אוג׳", "ספט׳", "אוק׳", "נוב׳", "דצמ׳"},
		weekdays:      [7]string{"יום ראשון", "יום שני", "יום שלישי", "יום רביעי", "יום חמישי", "יום שישי", "יום שבת"},
		weekdaysShort: [7]string{"יום א׳", "יום ב׳", "יום ג׳", "יום ד׳", "יום ה׳", "יום ו׳", "שבת"},
		zones: "" +
			"ACST שעון מרכז אוסטרליה (חורף)\nACWST שעון מרכז-מערב אוסטרליה (חורף)\nAEST שעון מזרח אוסטרליה (חורף)\nAKST שעון אלסקה (חורף)\nART שעון ארגנטינה (חורף)\nAST שעון האוקיינוס האטלנטי (חורף)\nAWST שעון מערב אוסטרליה (חורף)\nBOT שעון בוליביה\n" +
			"BT שעון בהוטן\nCAT שעון מרכז אפריקה\nCHAST שעון צ׳טהאם (חורף)\nCLT שעון צ׳ילה (חורף)\nCOT שעון קולומביה (חורף)\nCST שעון מרכז ארה״ב (חורף)\nChST שעון צ׳אמורו\nEAT שעון מזרח אפריקה\n" +
			"ECT שעון אקוודור\nEST שעון החוף המזרחי (חורף)\nGFT שעון גיאנה הצרפתית\nGMT שעון גריניץ׳\u200f\nGST שעון מדינות המפרץ\nGYT שעון גיאנה\nHAST שעון האיים האלאוטיים הוואי (חורף)\nHKT שעון הונג קונג (חורף)\n" +
			"HNCU שעון קובה (חורף)\nHNPM שעון סנט פייר ומיקלון (חורף)\nHNT שעון ניופאונדלנד (חורף)\nIST שעון הודו\nJST שעון יפן (חורף)\nLHST שעון אי הלורד האו (חורף)\nMEZ שעון מרכז אירופה (חורף)\nMST שעון חורף מקאו\n" +
			"MYT שעון מלזיה\nNZST שעון ניו זילנד (חורף)\nOEZ שעון מזרח אירופה (חורף)\nPST שעון מערב ארה״ב (חורף)\nSAST שעון דרום אפריקה\nSGT שעון סינגפור\nSRT שעון סורינאם\nTMT שעון טורקמניסטן (חורף)\n" +
			"UYT שעון אורוגוואי (חורף)\nVET שעון ונצואלה\nWAT שעון מערב אפריקה (חורף)\nWEZ שעון מערב אירופה (חורף)\nWIB שעון מערב אינדונזיה\nWIT שעון מזרח אינדונזיה\nWITA שעון מרכז אינדונזיה\n",
	},
	{
		tag:           "it",
		full:          "{W} {D} {M} {Y}",
		long:          "{D} {M} {Y}",
		months:        [12]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"},
		monthsShort:   [12]string{"gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"},
		weekdays:      [7]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"},
		weekdaysShort: [7]string{"dom", "lun", "mar", "mer", "gio", "ven", "sab"},
		zones: "" +
			"ACST Ora standard dell’Australia centrale\nACWST Ora standard dell’Australia centroccidentale\nAEST Ora standard dell’Australia orientale\nAKST Ora standard dell’Alaska\nART Ora standard dell’Argentina\nAST Ora standard dell’Atlantico\nAWST Ora standard dell’Australia occidentale\nBOT Ora della Bolivia\n" +
			"BT Ora del Bhutan\nCAT Ora dell’Africa centrale\nCHAST Ora standard delle Chatham\nCLT Ora standard del Cile\nCOT Ora standard della Colombia\nCST Ora standard centrale USA\nChST Ora di Chamorro\nEAT Ora dell’Africa orientale\n" +
			"ECT Ora dell’Ecuador\nEST Ora standard orientale USA\nGFT Ora della Guiana francese\nGMT Ora del meridiano di Greenwich\nGST Ora del Golfo\nGYT Ora della Guyana\nHAST Ora standard delle Isole Hawaii-Aleutine\nHKT Ora standard di Hong Kong\n" +
			"HNCU Ora standard di Cuba\nHNPM Ora standard di Saint-Pierre e Miquelon\nHNT Ora standard di Terranova\nIST Ora standard dell’India\nJST Ora standard del Giappone\nLHST Ora standard di Lord Howe\nMEZ Ora standard dell’Europa centrale\nMST Ora standard Montagne Rocciose USA\n" +
			"MYT Ora della Malesia\nNZST Ora standard della Nuova Zelanda\nOEZ Ora standard dell’Europa orientale\nPST Ora standard del Pacifico USA\nSAST Ora dell’Africa meridionale\nSGT Ora di Singapore\nSRT Ora del Suriname\nTMT Ora standard del Turkmenistan\n" +
			"UYT Ora standard dell’Uruguay\nVET Ora del Venezuela\nWAT Ora standard dell’Africa occidentale\nWEZ Ora standard dell’Europa occidentale\nWIB Ora dell’Indonesia occidentale\nWIT Ora dell’Indonesia orientale\nWITA Ora dell’Indonesia centrale\n",
	},
	{
		tag:           "ja",
		full:          "{Y}年{M}{D}日{W}",
		long:          "{Y}年{M}{D}日",
		months:        [12]string{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"},
		monthsShort:   [12]string{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"},
		weekdays:      [7]string{"日曜日", "月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日"},
		weekdaysShort: [7]string{"日", "月", "火", "水", "木", "金", "土"},
		zones: "" +
			"ACST オーストラリア中部標準時\nACWST オーストラリア中西部標準時\nAEST オーストラリア東部標準時\nAKST アラスカ標準時\nART アルゼンチン標準時\nAST 大西洋標準時\nAWST オーストラリア西部標準時\nBOT ボリビア時間\n" +
			"BT ブータン時間\nCAT 中央アフリカ時間\nCHAST チャタム標準時\nCLT チリ標準時\nCOT コロンビア標準時\nCST アメリカ中部標準時\nChST チャモロ時間\nEAT 東アフリカ時間\n" +
			"ECT エクアドル時間\nEST アメリカ東部標準時\nGFT 仏領ギアナ時間\nGMT グリニッジ標準時\nGST 湾岸標準時\nGYT ガイアナ時間\nHAST ハワイ・アリューシャン標準時\nHKT 香港標準時\n" +
			"HNCU キューバ標準時\nHNPM サンピエール島・ミクロン島標準時\nHNT ニューファンドランド標準時\nIST インド標準時\nJST 日本標準時\nLHST ロードハウ標準時\nMEZ 中央ヨーロッパ標準時\nMST アメリカ山地標準時\n" +
			"MYT マレーシア時間\nNZST ニュージーランド標準時\nOEZ 東ヨーロッパ標準時\nPST アメリカ太平洋標準時\nSAST 南アフリカ標準時\nSGT シンガポール標準時\nSRT スリナム時間\nTMT トルクメニスタン標準時\n" +
			"UYT ウルグアイ標準時\nVET ベネズエラ時間\nWAT 西アフリカ標準時\nWEZ 西ヨーロッパ標準時\nWIB インドネシア西部時間\nWIT インドネシア東部時間\nWITA インドネシア中部時間\n",
	},
	{
		tag:           "ko",
		full:          "{Y}년 {M} {D}일 {W}",
		long:          "{Y}년 {M} {D}일",
		months:        [12]string{"1월", "2월", "3월", "4월", "5월", "6월", "7월", "8월", "9월", "10월", "11월", "12월"},
		monthsShort:   [12]string{"1월", "2월", "3월", "4월", "5월", "6월", "7월", "8월", "9월", "10월", "11월", "12월"},
		weekdays:      [7]string{"일요일", "월요일", "화요일", "수요일", "목요일", "금요일", "토요일"},
		weekdaysShort: [7]string{"일", "월", "화", "수", "목", "금", "토"},
		zones: "" +
			"ACST 오스트레일리아 중부 표준시\nACWST 오스트레일리아 중서부 표준시\nAEST 오스트레일리아 동부 표준시\nAKST 알래스카 표준시\nART 아르헨티나 표준시\nAST 대서양 표준시\nAWST 오스트레일리아 서부 표준시\nBOT 볼리비아 시간\n" +
			"BT 부탄 시간\nCAT 중앙아프리카 시간\nCHAST 채텀 표준시\nCLT 칠레 표준시\nCOT 콜롬비아 표준시\nCST 미 중부 표준시\nChST 차모로 시간\nEAT 동아프리카 시간\n" +
			"ECT 에콰도르 시간\nEST 미 동부 표준시\nGFT 프랑스령 가이아나 시간\nGMT 그리니치 표준시\nGST 걸프만 표준시\nGYT 가이아나 시간\nHAST 하와이 알류샨 표준시\nHKT 홍콩 표준시\n" +
			"HNCU 쿠바 표준시\nHNPM 세인트피에르 미클롱 표준시\nHNT 뉴펀들랜드 표준시\nIST 인도 표준시\nJST 일본 표준시\nLHST 로드 하우 표준시\nMEZ 중부 유럽 표준시\nMST 미 산악 표준시\n" +
			"MYT 말레이시아 시간\nNZST 뉴질랜드 표준시\nOEZ 동유럽 표준시\nPST 미 태평양 표준시\nSAST 남아프리카 시간\nSGT 싱가포르 표준시\nSRT 수리남 시간\nTMT 투르크메니스탄 표준시\n" +
			"UYT 우루과이 표준시\nVET 베네수엘라 시간\nWAT 서아프리카 표준시\nWEZ 서유럽 표준시\nWIB 서부 인도네시아 시간\nWIT 동부 인도네시아 시간\nWITA 중부 인도네시아 시간\n",
	},
	{
		tag:           "nl",
		full:          "{W} {D} {M} {Y}",
		long:          "{D} {M} {Y}",
		months:        [12]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
		monthsShort:   [12]string{"jan.", "feb.", "mrt.", "apr.", "mei", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."},
		weekdays:      [7]string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
		weekdaysShort: [7]string{"zo", "ma", "di", "wo", "do", "vr", "za"},
		zones: "" +
			"ACST Midden-Australische standaardtijd\nACWST Midden-Australische westelijke standaardtijd\nAEST Oost-Australische standaardtijd\nAKST Alaska-standaardtijd\nART Argentijnse standaardtijd\nAST Atlantic-standaardtijd\nAWST West-Australische standaardtijd\nBOT Boliviaanse tijd\n" +
			"BT Bhutaanse tijd\nCAT Centraal-Afrikaanse tijd\nCHAST Chatham-standaardtijd\nCLT Chileense standaardtijd\nCOT Colombiaanse standaardtijd\nCST Central-standaardtijd\nChST Chamorro-tijd\nEAT Oost-Afrikaanse tijd\n" +
			"ECT Ecuadoraanse tijd\nEST Eastern-standaardtijd\nGFT Frans-Guyaanse tijd\nGMT Greenwich Mean Time\nGST Golf-standaardtijd\nGYT Guyaanse tijd\nHAST Hawaii-Aleoetische standaardtijd\nHKT Hongkongse standaardtijd\n" +
			"HNCU Cubaanse standaardtijd\nHNPM Saint Pierre en Miquelon-standaardtijd\nHNT Newfoundland-standaardtijd\nIST Indiase tijd\nJST Japanse standaardtijd\nLHST Lord Howe-eilandse standaardtijd\nMEZ Midden-Europese standaardtijd\nMST Mountain-standaardtijd\n" +
			"MYT Maleisische tijd\nNZST Nieuw-Zeelandse standaardtijd\nOEZ Oost-Europese standaardtijd\nPST Pacific-standaardtijd\nSAST Zuid-Afrikaanse tijd\nSGT Singaporese standaardtijd\nSRT Surinaamse tijd\nTMT Turkmeense standaardtijd\n" +
			"UYT Uruguayaanse standaardtijd\nVET Venezolaanse tijd\nWAT West-Afrikaanse standaardtijd\nWEZ West-Europese standaardtijd\nWIB West-Indonesische tijd\nWIT Oost-Indonesische tijd\nWITA Centraal-Indonesische tijd\n",
	},
	{
		tag:           "pl",
		full:          "{W}, {D} {M} {Y}",
		long:          "{D} {M} {Y}",
		months:        [12]string{"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"},
		monthsShort:   [12]string{"sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"},
		weekdays:      [7]string{"niedziela", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota"},
		weekdaysShort: [7]string{"niedz.", "pon.", "wt.", "śr.", "czw.", "pt.", "sob."},
		zones: "" +
			"ACST czas środkowoaustralijski standardowy\nACWST czas środkowo-zachodnioaustralijski standardowy\nAEST czas wschodnioaustralijski standardowy\nAKST Alaska (czas standardowy)\nART Argentyna (czas standardowy)\nAST czas atlantycki standardowy\nAWST czas zachodnioaustralijski standardowy\nBOT Boliwia\n" +
			"BT Bhutan\nCAT czas środkowoafrykański\nCHAST Chatham (czas standardowy)\nCLT Chile (czas standardowy)\nCOT Kolumbia (czas standardowy)\nCST czas środkowoamerykański standardowy\nChST Czamorro\nEAT czas wschodnioafrykański\n" +
			"ECT Ekwador\nEST czas wschodnioamerykański standardowy\nGFT Gujana Francuska\nGMT czas uniwersalny\nGST Zatoka Perska\nGYT Gujana\nHAST Hawaje-Aleuty (czas standardowy)\nHKT Hongkong (czas standardowy)\n" +
			"HNCU Kuba (czas standardowy)\nHNPM Saint-Pierre i Miquelon (czas standardowy)\nHNT Nowa Fundlandia (czas standardowy)\nIST czas indyjski standardowy\nJST Japonia (czas standardowy)\nLHST Lord Howe (czas standardowy)\nMEZ czas środkowoeuropejski standardowy\nMST czas górski standardowy\n" +
			"MYT Malezja\nNZST Nowa Zelandia (czas standardowy)\nOEZ czas wschodnioeuropejski standardowy\nPST czas pacyficzny standardowy\nSAST czas południowoafrykański\nSGT Singapur\nSRT Surinam\nTMT Turkmenistan (czas standardowy)\n" +
			"UYT Urugwaj (czas standardowy)\nVET Wenezuela\nWAT czas zachodnioafrykański standardowy\nWEZ czas zachodnioeuropejski standardowy\nWIB Indonezja Zachodnia\nWIT Indonezja Wschodnia\nWITA Indonezja Środkowa\n",
	},
	{
		tag:           "pt-BR",
		full:          "{W}, {D} de {M} de {Y}",
		long:          "{D} de {M} de {Y}",
		months:        [12]string{"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"},
		monthsShort:   [12]string{"jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."},
		weekdays:      [7]string{"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado"},
		weekdaysShort: [7]string{"dom.", "seg.", "ter.", "qua.", "qui.", "sex.", "sáb."},
		zones: "" +
			"ACST Horário Padrão da Austrália Central\nACWST Horário Padrão da Austrália Centro-Ocidental\nAEST Horário Padrão da Austrália Oriental\nAKST Horário Padrão do Alasca\nART Horário Padrão da Argentina\nAST Horário Padrão do Atlântico\nAWST Horário Padrão da Austrália Ocidental\nBOT Horário da Bolívia\n" +
			"BT Horário do Butão\nCAT Horário da África Central\nCHAST Horário Padrão de Chatham\nCLT Horário Padrão do Chile\nCOT Horário Padrão da Colômbia\nCST Horário Padrão Central\nChST Horário de Chamorro\nEAT Horário da África Oriental\n" +
			"ECT Horário do Equador\nEST Horário Padrão do Leste\nGFT Horário da Guiana Francesa\nGMT Horário do Meridiano de Greenwich\nGST Horário do Golfo\nGYT Horário da Guiana\nHAST Horário Padrão do Havaí e Ilhas Aleutas\nHKT Horário Padrão de Hong Kong\n" +
			"HNCU Horário Padrão de Cuba\nHNPM Horário Padrão de São Pedro e Miquelão\nHNT Horário Padrão da Terra Nova\nIST Horário Padrão da Índia\nJST Horário Padrão do Japão\nLHST Horário Padrão de Lord Howe\nMEZ Horário Padrão da Europa Central\nMST Horário Padrão das Montanhas\n" +
			"MYT Horário da Malásia\nNZST Horário Padrão da Nova Zelândia\nOEZ Horário Padrão da Europa Oriental\nPST Horário Padrão do Pacífico\nSAST Horário da África do Sul\nSGT Horário Padrão de Cingapura\nSRT Horário do Suriname\nTMT Horário Padrão do Turcomenistão\n" +
			"UYT Horário Padrão do Uruguai\nVET Horário da Venezuela\nWAT Horário Padrão da África Ocidental\nWEZ Horário Padrão da Europa Ocidental\nWIB Horário da Indonésia Ocidental\nWIT Horário da Indonésia Oriental\nWITA Horário da Indonésia Central\n",
	},
	{
		tag:           "ru",
		full:          "{W}, {D} {M} {Y} г.",
		long:          "{D} {M} {Y} г.",
		months:        [12]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
		monthsShort:   [12]string{"янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек."},
		weekdays:      [7]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
		weekdaysShort: [7]string{"вс", "пн", "вт", "ср", "чт", "пт", "сб"},
		zones: "" +
			"ACST Центральная Австралия, стандартное время\nACWST Центральная Австралия, западное стандартное время\nAEST Восточная Австралия, стандартное время\nAKST Аляска, стандартное время\nART Аргентина, стандартное время\nAST Атлантическое стандартное время\nAWST Западная Австралия, стандартное время\nBOT Боливия\n" +
			"BT Бутан\nCAT Центральная Африка\nCHAST Чатем, стандартное время\nCLT Чили, стандартное время\nCOT Колумбия, стандартное время\nCST Центральная Америка, стандартное время\nChST Чаморро\nEAT Восточная Африка\n" +
			"ECT Эквадор\nEST Восточная Америка, стандартное время\nGFT Французская Гвиана\nGMT Среднее время по Гринвичу\nGST Персидский залив\nGYT Гайана\nHAST Гавайско-алеутское стандартное время\nHKT Гонконг, стандартное время\n" +
			"HNCU Куба, стандартное время\nHNPM Сен-Пьер и Микелон, стандартное время\nHNT Ньюфаундленд, стандартное время\nIST Индия\nJST Япония, стандартное время\nLHST Лорд-Хау, стандартное время\nMEZ Центральная Европа, стандартное время\nMST Стандартное горное время (Северная Америка)\n" +
			"MYT Малайзия\nNZST Новая Зеландия, стандартное время\nOEZ Восточная Европа, стандартное время\nPST Тихоокеанское стандартное время\nSAST Южная Африка\nSGT Сингапур\nSRT Суринам\nTMT Туркменистан, стандартное время\n" +
			"UYT Уругвай, стандартное время\nVET Венесуэла\nWAT Западная Африка, стандартное время\nWEZ Западная Европа, стандартное время\nWIB Западная Индонезия\nWIT Восточная Индонезия\nWITA Центральная Индонезия\n",
	},
	{
		tag:           "tr",
		full:          "{D} {M} {Y} {W}",
		long:          "{D} {M} {Y}",
		months:        [12]string{"Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"},
		monthsShort:   [12]string{"Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara"},
		weekdays:      [7]string{"Pazar", "Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi"},
		weekdaysShort: [7]string{"Paz", "Pzt", "Sal", "Çar", "Per", "Cum", "Cmt"},
		zones: "" +
			"ACST Orta Avustralya Standart Saati\nACWST İç Batı Avustralya Standart Saati\nAEST Doğu Avustralya Standart Saati\nAKST Alaska Standart Saati\nART Arjantin Standart Saati\nAST Atlantik Standart Saati\nAWST Batı Avustralya Standart Saati\nBOT Bolivya Saati\n" +
			"BT Butan Saati\nCAT Orta Afrika Saati\nCHAST Chatham Standart Saati\nCLT Şili Standart Saati\nCOT Kolombiya Standart Saati\nCST Kuzey Amerika Merkezi Standart Saati\nChST Chamorro Saati\nEAT Doğu Afrika Saati\n" +
			"ECT Ekvador Saati\nEST Kuzey Amerika Doğu Standart Saati\nGFT Fransız Guyanası Saati\nGMT Greenwich Ortalama Saati\nGST Körfez Saati\nGYT Guyana Saati\nHAST Hawaii-Aleut Standart Saati\nHKT Hong Kong Standart Saati\n" +
			"HNCU Küba Standart Saati\nHNPM Saint Pierre ve Miquelon Standart Saati\nHNT Newfoundland Standart Saati\nIST Hindistan Standart Saati\nJST Japonya Standart Saati\nLHST Lord Howe Standart Saati\nMEZ Orta Avrupa Standart Saati\nMST Kuzey Amerika Dağ Standart Saati\n" +
			"MYT Malezya Saati\nNZST Yeni Zelanda Standart Saati\nOEZ Doğu Avrupa Standart Saati\nPST Kuzey Amerika Pasifik Standart Saati\nSAST Güney Afrika Standart Saati\nSGT Singapur Standart Saati\nSRT Surinam Saati\nTMT Türkmenistan Standart Saati\n" +
			"UYT Uruguay Standart Saati\nVET Venezuela Saati\nWAT Batı Afrika Standart Saati\nWEZ Batı Avrupa Standart Saati\nWIB Batı Endonezya Saati\nWIT Doğu Endonezya Saati\nWITA Orta Endonezya Saati\n",
	},
	{
		tag:           "uk",
		full:          "{W}, {D} {M} {Y} р.",
		long:          "{D} {M} {Y} р.",
		months:        [12]string{"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"},
		monthsShort:   [12]string{"січ.", "лют.", "бер.", "квіт.", "трав.", "черв.", "лип.", "серп.", "вер.", "жовт.", "лист.", "груд."},
		weekdays:      [7]string{"неділя", "понеділок", "вівторок", "середа", "четвер", "пʼятниця", "субота"},
		weekdaysShort: [7]string{"нд", "пн", "вт", "ср", "чт", "пт", "сб"},
		zones: "" +
			"ACST за стандартним центральноавстралійським часом\nACWST за стандартним центральнозахідним австралійським часом\nAEST за стандартним східноавстралійським часом\nAKST за стандартним часом на Алясці\nART за стандартним аргентинським часом\nAST за атлантичним стандартним часом\nAWST за стандартним західноавстралійським часом\nBOT за болівійським часом\n" +
			"BT за часом у Бутані\nCAT за центральноафриканським часом\nCHAST за стандартним часом на архіпелазі Чатем\nCLT за стандартним чилійським часом\nCOT за стандартним колумбійським часом\nCST за північноамериканським центральним стандартним часом\nChST за часом на Північних Маріанських островах\nEAT за східноафриканським часом\n" +
			"ECT за часом в Еквадорі\nEST за північноамериканським східним стандартним часом\nGFT за часом Французької Ґвіани\nGMT за Ґрінвічем\nGST за часом Перської затоки\nGYT за часом у Ґаяні\nHAST за стандартним гавайсько-алеутським часом\nHKT за стандартним часом у Гонконзі\n" +
			"HNCU за стандартним часом на Кубі\nHNPM за стандартним часом на островах Сен-П’єр і Мікелон\nHNT за стандартним часом на острові Ньюфаундленд\nIST за індійським стандартним часом\nJST за японським стандартним часом\nLHST за стандартним часом на острові Лорд-Хау\nMEZ за центральноєвропейським стандартним часом\nMST за північноамериканським гірським стандартним часом\n" +
			"MYT за часом у Малайзії\nNZST за стандартним часом у Новій Зеландії\nOEZ за східноєвропейським стандартним часом\nPST за північноамериканським тихоокеанським стандартним часом\nSAST за південноафриканським часом\nSGT за часом у Сінґапурі\nSRT за часом у Суринамі\nTMT за стандартним часом у Туркменістані\n" +
			"UYT за стандартним часом в Уруґваї\nVET за часом у Венесуелі\nWAT за західноафриканським стандартним часом\nWEZ за західноєвропейським стандартним часом\nWIB за західноіндонезійським часом\nWIT за східноіндонезійським часом\nWITA за центральноіндонезійським часом\n",
	},
	{
		tag:           "zh-Hans",
		full:          "{Y}年{N}月{D}日{W}",
		long:          "{Y}年{N}月{D}日",
		months:        [12]string{"一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"},
		monthsShort:   [12]string{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"},
		weekdays:      [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
		weekdaysShort: [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"},
		zones: "" +
			"ACST 澳大利亚中部标准时间\nACWST 澳大利亚中西部标准时间\nAEST 澳大利亚东部标准时间\nAKST 阿拉斯加标准时间\nART 阿根廷标准时间\nAST 大西洋标准时间\nAWST 澳大利亚西部标准时间\nBOT 玻利维亚标准时间\n" +
			"BT 不丹时间\nCAT 中部非洲时间\nCHAST 查坦标准时间\nCLT 智利标准时间\nCOT 哥伦比亚标准时间\nCST 北美中部标准时间\nChST 查莫罗时间\nEAT 东部非洲时间\n" +
			"ECT 厄瓜多尔标准时间\nEST 北美东部标准时间\nGFT 法属圭亚那标准时间\nGMT 格林尼治标准时间\nGST 海湾标准时间\nGYT 圭亚那时间\nHAST 夏威夷-阿留申标准时间\nHKT 香港标准时间\n" +
			"HNCU 古巴标准时间\nHNPM 圣皮埃尔和密克隆群岛标准时间\nHNT 纽芬兰标准时间\nIST 印度时间\nJST 日本标准时间\nLHST 豪勋爵岛标准时间\nMEZ 中欧标准时间\nMST 北美山区标准时间\n" +
			"MYT 马来西亚时间\nNZST 新西兰标准时间\nOEZ 东欧标准时间\nPST 北美太平洋标准时间\nSAST 南非标准时间\nSGT 新加坡标准时间\nSRT 苏里南时间\nTMT 土库曼斯坦标准时间\n" +
			"UYT 乌拉圭标准时间\nVET 委内瑞拉时间\nWAT 西部非洲标准时间\nWEZ 西欧标准时间\nWIB 印度尼西亚西部时间\nWIT 印度尼西亚东部时间\nWITA 印度尼西亚中部时间\n",
	},
}
