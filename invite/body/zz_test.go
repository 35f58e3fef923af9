package body
import ("testing";"fmt";"time";"os";"github.com/convene-go/convene/ical")
func TestZZ(t *testing.T){
 r,err:=New(nil); if err!=nil{t.Fatal(err)}
 for _,v:=range samples() {
  for _,tag:=range Languages(){
  v.Language=tag
  b,err:=r.Render(v); if err!=nil{t.Fatal(err)}
  if tag=="en"||(tag=="de"||tag=="he")&&v.Action==Update { fmt.Println("SUBJECT",b.Subject); fmt.Println(b.Text) }
  if tag=="en" {os.WriteFile("/tmp/probe/"+string(v.Action)+".html",[]byte(b.HTML),0o644); fmt.Println(len(b.HTML))}
  }
 }
}
func BenchmarkX(b *testing.B){
 r,_:=New(nil)
 v:=samples()[1]; v.Language="de"
 b.ReportAllocs()
 for b.Loop(){ if _,err:=r.Render(v);err!=nil{b.Fatal(err)} }
}
func BenchmarkNo(b *testing.B){
 r,_:=New(nil)
 v:=samples()[1]; v.Answers=nil
 b.ReportAllocs()
 for b.Loop(){ if _,err:=r.Render(v);err!=nil{b.Fatal(err)} }
}
func BenchmarkFirst(b *testing.B){
 r,_:=New(nil)
 v:=samples()[1]
 b.ReportAllocs()
 i:=0
 for b.Loop(){ i++; v.Event.Start=v.Event.Start.Add(time.Hour); _=ical.Span{}; if _,err:=r.Render(v);err!=nil{b.Fatal(err)} }
}
